-- Online payments.
-- other_seats: whether the tickets have other seats than the hold had, which had lapsed when the buyer paid.
ALTER TABLE payments ADD COLUMN other_seats INTEGER NOT NULL DEFAULT 0 CHECK (other_seats IN (0, 1));
-- The payments that the box office asks for.
CREATE INDEX payments_unpaid ON payments (since, id) WHERE state = 'unpaid';
