-- What a notebook knows beside its changes: who it is, and the hubs it has met.

-- One row. `device` changes when the notebook finds itself copied or restored. `seen` is the clock of
-- what its person has been shown of the others' changes. Of the device's own changes those up to
-- `leftSequence` may be on another machine; those up to `offeredSequence` were sent to a hub whose
-- frontier says what became of them. `stampings` counts how often such changes got new stamps.
CREATE TABLE notebook (
  number INTEGER PRIMARY KEY CHECK (number = 1),
  log BLOB NOT NULL CHECK (length(log) = 16),
  study BLOB NOT NULL CHECK (length(study) = 16),
  device BLOB NOT NULL CHECK (length(device) = 16),
  member TEXT NOT NULL,
  deviceName TEXT NOT NULL,
  lastStamp INTEGER NOT NULL DEFAULT 0,
  seen BLOB,
  leftSequence INTEGER NOT NULL DEFAULT 0,
  offeredSequence INTEGER NOT NULL DEFAULT 0,
  stampings INTEGER NOT NULL DEFAULT 0
) STRICT;

-- `fingerprint` is the SHA-256 of the public key that the hub's server must prove to have; NULL where an
-- authority vouches for it, and for plain HTTP.
CREATE TABLE hub (
  number INTEGER PRIMARY KEY,
  url TEXT NOT NULL,
  fingerprint BLOB CHECK (length(fingerprint) = 32),
  token TEXT NOT NULL,
  role TEXT NOT NULL,
  syncedMilliseconds INTEGER,
  syncedFrontier BLOB
) STRICT;

-- What other notebooks held when a bundle of theirs was read or they were synced with: a bundle for one
-- of them leaves that out.
CREATE TABLE partner (
  device BLOB PRIMARY KEY CHECK (length(device) = 16),
  frontier BLOB NOT NULL,
  heardMilliseconds INTEGER NOT NULL
) STRICT;

-- What a server's clock said of this machine's: one row, once there was such a server. What the device
-- wrote after `sequence` was stamped knowing it.
CREATE TABLE clock (
  number INTEGER PRIMARY KEY CHECK (number = 1),
  offsetMilliseconds INTEGER NOT NULL,
  hubMilliseconds INTEGER NOT NULL,
  device BLOB NOT NULL CHECK (length(device) = 16),
  sequence INTEGER NOT NULL
) STRICT;

-- Changes saved from a damaged log whose predecessors were not: they wait here until those have come
-- back from a hub or a backup. `link` is the link that the change had in its device's chain.
CREATE TABLE stray (
  device BLOB NOT NULL CHECK (length(device) = 16),
  sequence INTEGER NOT NULL CHECK (sequence > 0),
  envelope BLOB NOT NULL,
  salt BLOB,
  payload BLOB,
  payloadDigest BLOB,
  link BLOB NOT NULL CHECK (length(link) = 32),
  PRIMARY KEY (device, sequence)
) STRICT, WITHOUT ROWID;

-- What a hub did not take of what the person at this notebook wrote: it is theirs, and lies here
-- and in no other notebook.
CREATE TABLE untaken (
  device BLOB NOT NULL CHECK (length(device) = 16),
  sequence INTEGER NOT NULL CHECK (sequence > 0),
  envelope BLOB NOT NULL,
  payload BLOB NOT NULL,
  PRIMARY KEY (device, sequence)
) STRICT, WITHOUT ROWID;
