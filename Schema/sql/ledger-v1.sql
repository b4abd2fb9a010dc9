-- The hub's own tables, which stand beside the change log of changes-v1.sql in one file.

-- `id` is null until the first notebook joins, which may bring the id of a study it holds already.
CREATE TABLE study (
  number INTEGER PRIMARY KEY,
  id BLOB CHECK (length(id) = 16),
  title TEXT NOT NULL CHECK (title <> ''),
  createdMilliseconds INTEGER NOT NULL
) STRICT;

-- Two studies under one id could not be told apart in a request.
CREATE UNIQUE INDEX studyByID ON study (id);

CREATE TABLE member (
  number INTEGER PRIMARY KEY,
  study INTEGER NOT NULL,
  name TEXT NOT NULL CHECK (name <> ''),
  role TEXT NOT NULL CHECK (role <> ''),
  createdMilliseconds INTEGER NOT NULL
) STRICT;

CREATE INDEX memberByStudy ON member (study);

-- The secret itself is shown once and kept nowhere. `usedBy` is a number in `enrolledDevice`.
CREATE TABLE invite (
  number INTEGER PRIMARY KEY,
  secretHash BLOB NOT NULL CHECK (length(secretHash) = 32),
  study INTEGER NOT NULL,
  member INTEGER NOT NULL,
  createdMilliseconds INTEGER NOT NULL,
  expiresMilliseconds INTEGER NOT NULL,
  usedMilliseconds INTEGER,
  usedBy INTEGER,
  revokedMilliseconds INTEGER,
  CHECK ((usedBy IS NULL) = (usedMilliseconds IS NULL))
) STRICT;

CREATE UNIQUE INDEX inviteBySecret ON invite (secretHash);

-- A notebook that may ask, which is more than having written: `device` of changes-v1.sql also has
-- the devices whose changes came through others. `heldPosition` is the position in `change` up to
-- which the device is known to hold everything.
CREATE TABLE enrolledDevice (
  number INTEGER PRIMARY KEY,
  study INTEGER NOT NULL,
  member INTEGER NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  name TEXT NOT NULL,
  tokenHash BLOB NOT NULL CHECK (length(tokenHash) = 32),
  createdMilliseconds INTEGER NOT NULL,
  seenMilliseconds INTEGER,
  revokedMilliseconds INTEGER,
  heldPosition INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX enrolledDeviceByToken ON enrolledDevice (tokenHash);
CREATE UNIQUE INDEX enrolledDeviceByID ON enrolledDevice (study, id);

-- The registers of each record, merged from `change`. `state` is the canonical form that WIRE.md
-- specifies; the columns before it repeat what is asked of it without reading it.
CREATE TABLE record (
  study INTEGER NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  kind INTEGER NOT NULL,
  isAlive INTEGER NOT NULL CHECK (isAlive IN (0, 1)),
  contestedCount INTEGER NOT NULL CHECK (contestedCount >= 0),
  state BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX recordByID ON record (study, id);

-- The sum of the digests of a study's rows in `record`; it changes with them.
CREATE TABLE registerSum (
  study INTEGER PRIMARY KEY,
  digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;

-- One file holds several studies, and a page is of one.
CREATE INDEX changeByStudy ON change (study);

-- Who joined, pushed, was refused and was revoked. Each link is a hash over the entry and the link
-- before it in its study, so that an entry cannot be altered, taken out or put in between without a
-- trace. Ids and numbers and no names: those are looked up when it is read. `detail` is a role or a
-- problem's code.
CREATE TABLE audit (
  study INTEGER NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  milliseconds INTEGER NOT NULL,
  event TEXT NOT NULL CHECK (event <> ''),
  member INTEGER,
  device BLOB CHECK (length(device) = 16),
  changes INTEGER NOT NULL,
  voidChanges INTEGER NOT NULL,
  detail TEXT NOT NULL,
  link BLOB NOT NULL CHECK (length(link) = 32),
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX auditByMember ON audit (study, member);
