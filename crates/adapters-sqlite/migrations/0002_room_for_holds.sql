-- Bookings without a person and of any number of tickets, what became of tickets in the text that every store has, a
-- revision of each slot, and the name that everybody knows for the records of idempotent requests.

CREATE TABLE bookings_now (
    slot    INTEGER NOT NULL,
    no      INTEGER NOT NULL,
    user    BLOB,
    at      INTEGER NOT NULL,
    secrets BLOB NOT NULL CHECK (length(secrets) >= 20 AND length(secrets) % 10 = 0),
    changes TEXT,
    settled INTEGER,
    PRIMARY KEY (slot, no)
) STRICT, WITHOUT ROWID;
INSERT INTO bookings_now (slot, no, user, at, secrets, changes, settled)
SELECT slot, no, user, at, secrets,
       (SELECT group_concat(
                   (value ->> 'place') || substr(value ->> 'status', 1, 1) || (value ->> 'since')
                   || ifnull('<' || (value ->> 'from'), '') || ifnull('>' || (value ->> 'to'), ''), ' ')
          FROM json_each(bookings.changes)),
       settled
  FROM bookings ORDER BY slot, no;
DROP TABLE bookings;
ALTER TABLE bookings_now RENAME TO bookings;
CREATE INDEX bookings_by_user ON bookings (user, no, slot) WHERE user IS NOT NULL;
CREATE INDEX bookings_settled ON bookings (settled) WHERE settled IS NOT NULL;

ALTER TABLE seats ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

ALTER TABLE once RENAME TO idempotency_records;
