-- Promotions.
-- percent, or amount in minor units of the currency: the discount. uses: NULL for any number. revision: how often the
-- administrator has changed the row. The text in bookings.sale says which booking uses which.
CREATE TABLE promotions (
    code        TEXT PRIMARY KEY,
    percent     INTEGER CHECK (percent BETWEEN 1 AND 100),
    amount      INTEGER CHECK (amount >= 0),
    currency    TEXT,
    uses        INTEGER CHECK (uses > 0),
    used        INTEGER NOT NULL CHECK (used >= 0),
    valid_from  INTEGER,
    valid_until INTEGER,
    active      INTEGER NOT NULL CHECK (active IN (0, 1)),
    made        INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    CHECK ((percent IS NULL) <> (amount IS NULL) AND (amount IS NULL) = (currency IS NULL))
) STRICT, WITHOUT ROWID;
