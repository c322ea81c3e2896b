-- Times are milliseconds since 1970, identifiers the domain's own numbers and bytes.

-- The installation's secret.
CREATE TABLE installation (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    key  BLOB NOT NULL CHECK (length(key) = 64)
) STRICT;

CREATE TABLE api_keys (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    role TEXT NOT NULL,
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What never changes of a slot. The indexes end in the row's identifier, so each serves a listing in order of start.
CREATE TABLE slots (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    starts      INTEGER NOT NULL,
    ends        INTEGER NOT NULL CHECK (starts < ends),
    type        TEXT NOT NULL,
    genre       TEXT NOT NULL
) STRICT;
CREATE INDEX slots_by_start ON slots (starts);
CREATE INDEX slots_by_name ON slots (name, starts);
CREATE INDEX slots_by_type ON slots (type, starts);
CREATE INDEX slots_by_genre ON slots (genre, starts);

-- What changes of a slot, apart, so that a booking writes twenty bytes and no description.
-- unexpired: the slot's end, until expiry is done with it. expired_to: the last booking that expiry has looked at.
CREATE TABLE seats (
    slot       INTEGER PRIMARY KEY,
    capacity   INTEGER NOT NULL CHECK (capacity BETWEEN 1 AND 100000),
    available  INTEGER NOT NULL CHECK (available BETWEEN 0 AND capacity),
    closed     INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
    unexpired  INTEGER,
    expired_to INTEGER NOT NULL DEFAULT -1
) STRICT;
CREATE INDEX seats_unexpired ON seats (unexpired) WHERE unexpired IS NOT NULL;

CREATE TABLE users (
    id    BLOB PRIMARY KEY CHECK (length(id) = 13),
    name  TEXT NOT NULL,
    phone TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A booking is one row with its tickets inside, and lies beside the other bookings of its slot: a slot's tickets are one
-- range, and a ticket's identifier leads straight to its row.
-- secrets: the booking's, then one a ticket, 10 bytes each. changes: the tickets that are not as they were made, in JSON.
-- settled: when the first of its tickets that wait for the archive was canceled or expired.
CREATE TABLE bookings (
    slot    INTEGER NOT NULL,
    no      INTEGER NOT NULL,
    user    BLOB NOT NULL,
    at      INTEGER NOT NULL,
    secrets BLOB NOT NULL CHECK (length(secrets) BETWEEN 20 AND 110 AND length(secrets) % 10 = 0),
    changes TEXT,
    settled INTEGER,
    PRIMARY KEY (slot, no)
) STRICT, WITHOUT ROWID;
CREATE INDEX bookings_by_user ON bookings (user, no, slot);
CREATE INDEX bookings_settled ON bookings (settled) WHERE settled IS NOT NULL;

-- One row a request that is to be done once, with what answers its repetition. Days come first, so that old rows lie
-- together and go without a search.
CREATE TABLE once (
    day     INTEGER NOT NULL,
    key     BLOB NOT NULL CHECK (length(key) = 16),
    request BLOB NOT NULL CHECK (length(request) = 16),
    slot    INTEGER NOT NULL,
    no      INTEGER NOT NULL,
    since   INTEGER NOT NULL,
    PRIMARY KEY (day, key)
) STRICT, WITHOUT ROWID;
