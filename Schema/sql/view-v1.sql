-- The view: what the log comes to, for reading. Every row here can be made again from the log.
-- Records that were deleted have a row in `record` and nowhere else.

-- One row: how far in which log the view is, with the link of the last change it holds, the sum of
-- the registers' digests, and the number of the last record whose words are in the full-text index.
-- `knowledge` is the digest of what the code that made the view can read.
CREATE TABLE progress (
  number INTEGER PRIMARY KEY CHECK (number = 1),
  log BLOB NOT NULL CHECK (length(log) = 16),
  knowledge BLOB NOT NULL CHECK (length(knowledge) = 32),
  position INTEGER NOT NULL,
  link BLOB NOT NULL CHECK (length(link) = 32),
  registers BLOB NOT NULL CHECK (length(registers) = 32),
  indexed INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The registers of every record, in the canonical bytes of RecordState. `isAlive` is 0 for one that is
-- not shown, and so has no rows in the other tables: it was deleted, or what it is on was. It is 2 for
-- one that was deleted and is shown all the same, because what is on it keeps it.
CREATE TABLE record (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL CHECK (length(id) = 16),
  kind INTEGER NOT NULL,
  isAlive INTEGER NOT NULL CHECK (isAlive BETWEEN 0 AND 2),
  changedStamp INTEGER NOT NULL,
  state BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX recordByID ON record (id);

-- Of most studies this is empty, and then no record needs a look at those it is about.
CREATE INDEX recordDeleted ON record (id) WHERE isAlive <> 1;

-- What the records that are not shown are on or about, since they have no rows to say it.
CREATE TABLE hiddenBy (
  host BLOB NOT NULL,
  record INTEGER NOT NULL,
  PRIMARY KEY (host, record)
) STRICT, WITHOUT ROWID;

-- Which entries of the log touch a record.
CREATE TABLE history (
  record INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (record, position)
) STRICT, WITHOUT ROWID;

-- The registers whose concurrent writes differ in value.
CREATE TABLE conflict (
  record INTEGER NOT NULL,
  field INTEGER NOT NULL,
  key BLOB NOT NULL,
  PRIMARY KEY (record, field, key)
) STRICT, WITHOUT ROWID;

-- Labels, names and pseudonyms as people type them: without case and accents.
CREATE TABLE name (
  folded TEXT NOT NULL,
  kind INTEGER NOT NULL,
  record INTEGER NOT NULL,
  PRIMARY KEY (folded, kind, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE study (
  record INTEGER PRIMARY KEY,
  title TEXT,
  description TEXT,
  codingsOpenTo TEXT
) STRICT;

CREATE TABLE period (
  record INTEGER NOT NULL,
  key BLOB NOT NULL,
  name TEXT NOT NULL,
  "from" TEXT,
  "to" TEXT,
  description TEXT NOT NULL,
  PRIMARY KEY (record, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE attributeDefinition (
  record INTEGER NOT NULL,
  key BLOB NOT NULL,
  name TEXT NOT NULL,
  kind INTEGER NOT NULL,
  type TEXT NOT NULL,
  description TEXT NOT NULL,
  choices TEXT NOT NULL,
  PRIMARY KEY (record, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
  record INTEGER NOT NULL,
  key BLOB NOT NULL,
  name TEXT NOT NULL,
  device TEXT NOT NULL,
  PRIMARY KEY (record, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE interview (
  record INTEGER PRIMARY KEY,
  label TEXT,
  title TEXT,
  kind TEXT,
  date TEXT,
  place BLOB,
  interviewers TEXT,
  languages TEXT,
  consentForm TEXT,
  consentLevel TEXT,
  consentDate TEXT,
  consentEmbargo TEXT,
  -- The writes that the text came of: device and number of each, in 24 bytes. Before the text, which
  -- SQLite would have to walk through to get at it.
  textVersion BLOB,
  text TEXT,
  summary TEXT,
  source TEXT
) STRICT;

-- The versions without the texts, for whoever looks which codings were made on an earlier one.
CREATE INDEX interviewByVersion ON interview (record, textVersion);

CREATE TABLE note (
  record INTEGER PRIMARY KEY,
  about BLOB,
  at TEXT,
  textVersion BLOB,
  text TEXT
) STRICT;

CREATE INDEX noteByRecord ON note (about);
CREATE INDEX noteByVersion ON note (record, textVersion);

CREATE TABLE place (
  record INTEGER PRIMARY KEY,
  name TEXT,
  otherNames TEXT,
  kind TEXT,
  parent BLOB,
  parentStamp INTEGER,
  parentDevice BLOB,
  latitude REAL,
  longitude REAL,
  accuracy REAL,
  code TEXT
) STRICT;

CREATE TABLE participant (
  record INTEGER PRIMARY KEY,
  pseudonym TEXT,
  role TEXT
) STRICT;

CREATE TABLE theme (
  record INTEGER PRIMARY KEY,
  name TEXT,
  parent BLOB,
  parentStamp INTEGER,
  parentDevice BLOB,
  definition TEXT,
  colour TEXT,
  mergedInto BLOB,
  mergedIntoStamp INTEGER,
  mergedIntoDevice BLOB
) STRICT;

CREATE TABLE coding (
  record INTEGER PRIMARY KEY,
  target BLOB,
  targetField INTEGER,
  -- The version of the text on which it was made, as in textVersion.
  version BLOB,
  start INTEGER,
  "end" INTEGER,
  quote TEXT,
  prefix TEXT,
  suffix TEXT,
  theme BLOB,
  coder TEXT,
  memo TEXT
) STRICT;

CREATE INDEX codingByTarget ON coding (target, version);

-- How many records of each kind have a row in its table, and how many codings name a theme. What there
-- is none of has no row.
CREATE TABLE kindCount (
  kind INTEGER PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT;

CREATE TABLE themeCount (
  theme BLOB PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The texts with codings that a person has to place anew, as they were found when all codings up to the
-- record with the number in `reviewed` had been looked at; and the texts to look at again since. Which
-- rows there are depends on when somebody looked, and is told from the others.
CREATE TABLE review (
  target BLOB PRIMARY KEY,
  count INTEGER NOT NULL CHECK (count > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE reviewDue (
  target BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE reviewed (
  number INTEGER PRIMARY KEY CHECK (number = 1),
  record INTEGER NOT NULL
) STRICT;

INSERT INTO reviewed (number, record) VALUES (1, 0);

-- The members of the sets: an interview's participants, what a place is within.
CREATE TABLE membership (
  record INTEGER NOT NULL,
  field INTEGER NOT NULL,
  member BLOB NOT NULL,
  PRIMARY KEY (record, field, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE attribute (
  record INTEGER NOT NULL,
  key BLOB NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (record, key)
) STRICT, WITHOUT ROWID;

-- The words of titles and texts; rowid is the record's number. The words are folded before they
-- come here: ñ stands as a letter of its own, which the tokenizer would otherwise take for an n.
CREATE VIRTUAL TABLE search USING fts5(
  title, text, content = '', tokenize = 'unicode61 remove_diacritics 2'
);

-- What the index still holds of records that were changed or deleted since: the words that have to be
-- taken out of it, as they were put in. Empty when the index is complete.
CREATE TABLE staleWords (
  record INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;

-- The bytes of new words gathered before they are written as a segment. With SQLite's 1 MiB an import
-- writes and merges the index piece by piece, which takes a third longer; with more than this nothing is
-- gained, and they lie in memory.
INSERT INTO search (search, rank) VALUES ('hashsize', 4194304);
