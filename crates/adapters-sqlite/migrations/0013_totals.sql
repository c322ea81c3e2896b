-- The totals of slots that expiry has worked on.
-- at: when expiry was done with the slot. NULL until then: the totals are those of the bookings up to seats.expired_to.
-- totals: the sums by ticket type and zone, in the text of the domain.
CREATE TABLE totals (
    slot   INTEGER PRIMARY KEY REFERENCES slots (id),
    at     INTEGER,
    totals TEXT NOT NULL
) STRICT;
