-- Price lists with every version of their prices, as the text of the domain.
CREATE TABLE price_lists (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE TABLE prices (
    price_list INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    list       TEXT NOT NULL,
    PRIMARY KEY (price_list, version)
) STRICT, WITHOUT ROWID;

-- The version of a price list that a slot has. NULL in a free slot.
ALTER TABLE slots ADD COLUMN price_list INTEGER;
ALTER TABLE slots ADD COLUMN price_version INTEGER;
