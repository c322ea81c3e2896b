//! Roles.

use crate::named_enum::named_enum;

named_enum! {
    /// The role of a key's holder. Clients without a key may read slots, book, and read, move and cancel tickets that
    /// they have the identifier of.
    Role, "role" { Admin = "admin", BoxOffice = "box_office", Scheduler = "scheduler" }
}
