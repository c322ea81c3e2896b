-- As many keys as are wanted, each with a label. Keys that exist are called by their role and a number, the oldest first.
-- ends: from when on the key is refused. used: the last hour in which it was used.
CREATE TABLE named_keys (
    hash  BLOB PRIMARY KEY CHECK (length(hash) = 32),
    role  TEXT NOT NULL,
    label TEXT NOT NULL UNIQUE,
    made  INTEGER NOT NULL,
    ends  INTEGER,
    used  INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO named_keys (hash, role, label, made)
    SELECT hash, role, role || '-' || row_number() OVER (PARTITION BY role ORDER BY at, hash), at FROM api_keys;
DROP TABLE api_keys;
ALTER TABLE named_keys RENAME TO api_keys;
