//! Reads the fields that several requests have.

use ticketly_domain::{Invalid, PageSize, SlotName, Target};

use ticketly_http::fields::{Count, Field, Optional, Validator};
use ticketly_http::path_id::PathId;

pub(super) fn cursor<C: std::str::FromStr>(text: &str) -> Result<C, Invalid> {
    text.parse().map_err(|_| Invalid { field: "cursor", reason: "give the nextCursor of the previous page".to_owned() })
}

pub(super) fn page_size(check: &mut Validator<'_>, limit: Optional<Count>) -> PageSize {
    check.optional("limit", limit, |Count(items)| PageSize::new(items)).unwrap_or_default()
}

/// Reads a slot, given by identifier or by name and start. The names of the fields depend on the operation.
pub(super) fn target(
    check: &mut Validator<'_>,
    id: Optional<String>,
    (name_field, name): (&str, Optional<String>),
    (start_field, start): (&str, Optional<String>),
) -> Option<Target> {
    if id.is_given() == (name.is_given() || start.is_given()) {
        check.refuse("slotId", format!("give either slotId, or {name_field} with {start_field}"));
        return None;
    }
    if id.is_given() {
        return identifier(check, "slotId", id.given()).map(Target::Slot);
    }
    showing(check, (name_field, name.given()), (start_field, start.given()))
}

/// Reads a slot, given by name and start.
pub(super) fn showing(
    check: &mut Validator<'_>,
    (name_field, name): (&str, Field<String>),
    (start_field, start): (&str, Field<String>),
) -> Option<Target> {
    let zone = *check.zone;
    let name = check.required(name_field, name, |text| SlotName::parse(&text));
    let start = check.required(start_field, start, |text| zone.read(&text));
    Some(Target::Showing { name: name?, start: start? })
}

/// Reads an identifier. A malformed identifier is refused like an unknown one.
pub(super) fn identifier<T: PathId>(check: &mut Validator<'_>, name: &str, given: Field<String>) -> Option<T> {
    let text: String = check.required(name, given, Ok)?;
    let id = text.parse().ok();
    if id.is_none() {
        check.unknown(T::ENTITY);
    }
    id
}
