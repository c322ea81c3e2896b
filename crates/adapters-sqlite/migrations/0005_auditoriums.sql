-- Auditoriums with every version of their seating plans, and the seats of slots in them.
-- turnaround: minutes between two showings. picture: the plan in the text of the domain.
CREATE TABLE auditoriums (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL,
    turnaround   INTEGER NOT NULL,
    single_seats TEXT NOT NULL,
    version      INTEGER NOT NULL
) STRICT;
CREATE TABLE plans (
    auditorium INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    picture    TEXT NOT NULL,
    PRIMARY KEY (auditorium, version)
) STRICT;

-- What a slot has of its auditorium, as it was when the slot was scheduled. All are NULL in a slot without a plan.
ALTER TABLE slots ADD COLUMN auditorium INTEGER;
ALTER TABLE slots ADD COLUMN plan_version INTEGER;
ALTER TABLE slots ADD COLUMN turnaround INTEGER;
ALTER TABLE slots ADD COLUMN single_seats TEXT;
CREATE INDEX slots_by_auditorium ON slots (auditorium, starts) WHERE auditorium IS NOT NULL;

-- The seats that are not available: 128 bits for each row of the plan, in order. NULL in a slot without a plan.
ALTER TABLE seats ADD COLUMN taken BLOB CHECK (length(taken) % 16 = 0);
-- Whether the cinema sells the slot. Expiry closes a slot by closed.
ALTER TABLE seats ADD COLUMN on_sale INTEGER NOT NULL DEFAULT 1 CHECK (on_sale IN (0, 1));
-- The number of each ticket's seat in the plan, 2 bytes each. NULL in a slot without a plan.
ALTER TABLE bookings ADD COLUMN seats BLOB CHECK (length(seats) % 2 = 0);
