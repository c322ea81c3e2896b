-- Canceled slots.
-- canceled: whether the cinema has canceled the slot. It is neither on sale nor open then, and is never expired.
ALTER TABLE seats ADD COLUMN canceled INTEGER NOT NULL DEFAULT 0 CHECK (canceled IN (0, 1));

-- How far the job has come that cancels the bookings of a canceled slot.
-- at: when the slot was canceled. reached: the last booking that is done. refunded: sums by currency, in the text of the domain.
-- done: when the last booking was done. NULL while the job has work.
CREATE TABLE cancellations (
    slot     INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    reached  INTEGER,
    bookings INTEGER NOT NULL,
    tickets  INTEGER NOT NULL,
    holds    INTEGER NOT NULL,
    refunded TEXT NOT NULL,
    done     INTEGER
) STRICT;
CREATE INDEX cancellations_due ON cancellations (at) WHERE done IS NULL;
