-- What tickets cost, payments, and refunds.
-- sale: the prices of a booking's tickets and its payment, in the text of the domain. NULL in a free slot.
ALTER TABLE bookings ADD COLUMN sale TEXT;

-- due: when a job is to work on the row. NULL when nothing is to be done.
CREATE TABLE payments (
    id        BLOB PRIMARY KEY CHECK (length(id) = 16),
    slot      INTEGER NOT NULL,
    no        INTEGER NOT NULL,
    method    TEXT NOT NULL,
    reference TEXT,
    currency  TEXT NOT NULL,
    amount    INTEGER NOT NULL CHECK (amount > 0),
    user      BLOB NOT NULL CHECK (length(user) = 13),
    name      TEXT NOT NULL,
    phone     TEXT NOT NULL,
    state     TEXT NOT NULL,
    started   INTEGER NOT NULL,
    since     INTEGER NOT NULL,
    due       INTEGER,
    failures  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payments_by_due ON payments (due) WHERE due IS NOT NULL;

CREATE TABLE refunds (
    id       BLOB PRIMARY KEY CHECK (length(id) = 16),
    payment  BLOB NOT NULL CHECK (length(payment) = 16),
    slot     INTEGER NOT NULL,
    no       INTEGER NOT NULL,
    method   TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount   INTEGER NOT NULL CHECK (amount > 0),
    state    TEXT NOT NULL,
    made     INTEGER NOT NULL,
    since    INTEGER NOT NULL,
    due      INTEGER,
    failures INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refunds_by_due ON refunds (due) WHERE due IS NOT NULL;
CREATE INDEX refunds_by_state ON refunds (state, made, id);
