-- Seats of slots in auditoriums that the public cannot book. They are among the slot's taken seats.
-- seats: the number of each seat in the plan, 2 bytes each. released_at: when they become available; NULL: when the block is
-- deleted.
CREATE TABLE blocks (
    slot        INTEGER NOT NULL,
    id          INTEGER NOT NULL,
    seats       BLOB NOT NULL CHECK (length(seats) > 0 AND length(seats) % 2 = 0),
    reason      TEXT NOT NULL,
    released_at INTEGER,
    PRIMARY KEY (slot, id)
) STRICT, WITHOUT ROWID;

-- The first release of the slot's blocks. NULL when none has a time.
ALTER TABLE seats ADD COLUMN next_release INTEGER;
CREATE INDEX seats_by_release ON seats (next_release) WHERE next_release IS NOT NULL;
