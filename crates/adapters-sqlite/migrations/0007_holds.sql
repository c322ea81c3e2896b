-- Bookings that were made as holds: without a person until they are confirmed.
-- held_until: when the hold lapses unless it is confirmed. confirmed: when it was. Both are NULL in a direct booking.
-- settled: of a hold that was not confirmed, when it lapsed or was released.
ALTER TABLE bookings ADD COLUMN held_until INTEGER;
ALTER TABLE bookings ADD COLUMN confirmed INTEGER;

-- The holds whose seats are taken.
CREATE INDEX bookings_held ON bookings (slot, held_until)
    WHERE held_until IS NOT NULL AND user IS NULL AND settled IS NULL;
