-- The erasure of names and telephone numbers.
-- starts, slot, no: how far it has come that follows the archive. no: the last booking of the slot; NULL when all of it are done.
-- unpurged: how many bookings and payments were erased since the file was written anew, so that their texts may be in unused parts.
CREATE TABLE erasure (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    starts   INTEGER,
    slot     INTEGER,
    no       INTEGER,
    unpurged INTEGER NOT NULL CHECK (unpurged >= 0),
    CHECK ((starts IS NULL) = (slot IS NULL) AND (slot IS NOT NULL OR no IS NULL))
) STRICT;
-- A payment for which nothing was sold loses its person. One of an older version still has it, and nothing else leads to it.
INSERT INTO erasure (only, unpurged) SELECT 1, count(*) FROM payments WHERE state = 'voided';
UPDATE payments SET user = zeroblob(13), name = 'erased', phone = '000' WHERE state = 'voided';
