-- The change log: one table shape for the notebook's log and for the server's ledger.

-- Every device that has written, and where its chain stands. `number` stands for the device's
-- sixteen bytes in `change`; it is local to this file and never leaves it.
CREATE TABLE device (
  number INTEGER PRIMARY KEY,
  study INTEGER NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  sequence INTEGER NOT NULL CHECK (sequence > 0),
  link BLOB NOT NULL CHECK (length(link) = 32)
) STRICT;

CREATE UNIQUE INDEX deviceByID ON device (study, id);

-- Append-only. `position` is this store's order of arrival, which law 1 makes causal. `envelope`
-- holds the canonical bytes that are hashed. An erased change has a payloadDigest instead of its
-- salt and payload.
CREATE TABLE change (
  position INTEGER PRIMARY KEY,
  study INTEGER NOT NULL,
  device INTEGER NOT NULL,
  sequence INTEGER NOT NULL CHECK (sequence > 0),
  envelope BLOB NOT NULL,
  salt BLOB CHECK (length(salt) = 16),
  payload BLOB,
  payloadDigest BLOB CHECK (length(payloadDigest) = 32),
  link BLOB NOT NULL CHECK (length(link) = 32),
  CHECK ((payload IS NULL) = (salt IS NULL)),
  CHECK ((payload IS NULL) = (payloadDigest IS NOT NULL))
) STRICT;

-- The records whose payloads were erased, with those on or about them: what comes to them later is
-- erased as it comes.
CREATE TABLE erased (
  study INTEGER NOT NULL,
  record BLOB NOT NULL CHECK (length(record) = 16),
  PRIMARY KEY (study, record)
) STRICT, WITHOUT ROWID;

-- The changes that a hub did not take, by the marks in the log that name them: those that are here have
-- a payloadDigest in place of their payload, and no register is made of them.
CREATE TABLE void (
  study INTEGER NOT NULL,
  device BLOB NOT NULL CHECK (length(device) = 16),
  sequence INTEGER NOT NULL CHECK (sequence > 0),
  PRIMARY KEY (study, device, sequence)
) STRICT, WITHOUT ROWID;

-- A dot is a name given once, so two changes under one dot are a fault that must not be stored.
CREATE UNIQUE INDEX changeByDot ON change (device, sequence);
