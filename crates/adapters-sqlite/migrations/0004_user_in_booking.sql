-- The name and the phone number of a booking's user move into the booking's row, so that a booking writes one row and
-- one entry of an index. All three are NULL in a booking without a person.
CREATE TABLE bookings_now (
    slot    INTEGER NOT NULL,
    no      INTEGER NOT NULL,
    user    BLOB CHECK (length(user) = 13),
    name    TEXT,
    phone   TEXT,
    at      INTEGER NOT NULL,
    secrets BLOB NOT NULL CHECK (length(secrets) >= 20 AND length(secrets) % 10 = 0),
    changes TEXT,
    settled INTEGER,
    PRIMARY KEY (slot, no),
    CHECK ((user IS NULL) = (name IS NULL) AND (user IS NULL) = (phone IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO bookings_now (slot, no, user, name, phone, at, secrets, changes, settled)
SELECT bookings.slot, bookings.no, bookings.user, users.name, users.phone, bookings.at, bookings.secrets,
       bookings.changes, bookings.settled
  FROM bookings LEFT JOIN users ON users.id = bookings.user ORDER BY bookings.slot, bookings.no;
DROP TABLE bookings;
DROP TABLE users;
ALTER TABLE bookings_now RENAME TO bookings;
CREATE INDEX bookings_by_user ON bookings (user, no, slot) WHERE user IS NOT NULL;
CREATE INDEX bookings_settled ON bookings (settled) WHERE settled IS NOT NULL;
