-- Slots that are canceled, or that take place in another auditorium.
-- withdrawn: 'canceled' or 'moved', which is final. The slot is neither on sale nor open then. NULL for others.
ALTER TABLE seats ADD COLUMN withdrawn TEXT CHECK (withdrawn IN ('canceled', 'moved'));

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

-- What the job has done that moves the bookings of a slot to another auditorium.
-- target: the slot there. is_sold: whether it is to be sold when the job is done. impossible: the bookings that do not fit.
CREATE TABLE reseatings (
    slot       INTEGER PRIMARY KEY,
    target     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    is_sold    INTEGER NOT NULL CHECK (is_sold IN (0, 1)),
    bookings   INTEGER NOT NULL,
    tickets    INTEGER NOT NULL,
    impossible INTEGER NOT NULL,
    done       INTEGER
) STRICT;
CREATE INDEX reseatings_due ON reseatings (at) WHERE done IS NULL;
