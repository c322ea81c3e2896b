//! What a form of the box office asks for: tickets, seats, a person and a payment.

use ticketly_domain::{
    BlockId, Error, Invalid, PaymentMethod, PaymentReference, PhoneNumber, SeatLabel, Selection, TicketCount,
    TicketSlot, TicketTypeName, TicketTypes, TillPayment, UserName, Wanted, ZoneName,
};
use ticketly_http::form::Form;

use super::walk_in;
use crate::locale::{Text, texts};
use crate::seats;
use crate::seats::choice::TYPE;

/// Why a form does not lead to a sale.
#[derive(Debug)]
pub(super) enum Failure {
    /// A field is wrong.
    Field(Text),
    /// The number of tickets is none from 1 to this one.
    Count(u8),
    /// The domain refuses it, or fails.
    Domain(Error),
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Domain(error.into())
    }
}

/// Returns a reader that says what is wrong with a field.
fn or<T>(text: Text) -> impl FnOnce(T) -> Failure {
    move |_| Failure::Field(text)
}

/// Returns how many tickets of a slot are sold at once.
pub(super) fn most(slot: &TicketSlot) -> u8 {
    if slot.id().is_seated() { TicketCount::MAX } else { TicketCount::PUBLIC_MAX }
}

/// Returns the labels of the seats that a form names: those of a button with other seats, or those of boxes and those that were typed.
pub(super) fn seats(form: &Form) -> Vec<String> {
    let split = |text: &str| text.split([' ', ',', ';']).filter(|one| !one.is_empty()).map(str::to_uppercase).collect();
    if let Some(others) = form.one("choose") {
        return split(others);
    }
    let typed: Vec<String> = form.one("seats").map(split).unwrap_or_default();
    let chosen = form.all(seats::FIELD).map(str::to_owned);
    let mut all: Vec<_> = chosen.filter(|seat| !typed.contains(seat)).collect();
    all.extend(typed);
    all
}

/// Reads which seats of a slot a form asks for.
pub(super) fn selection(form: &Form, slot: &TicketSlot) -> Result<Selection, Failure> {
    let (seats, most) = (seats(form), most(slot));
    let wrong_count = || Failure::Count(most);
    let types = types(form, most)?;
    let wanted: u32 = match slot.prices() {
        Some(_) => types.iter().map(|(_, count)| u32::from(*count)).sum(),
        None => number(form, "count").map_err(|_| wrong_count())?.into(),
    };
    let named = u32::try_from(seats.len()).unwrap_or(u32::MAX);
    let has_one_type = slot.prices().is_none_or(|prices| prices.list.ticket_types().len() == 1);
    let count = if wanted == 0 && has_one_type { named } else { wanted };
    if named > 0 && count != named {
        return Err(Failure::Field(texts::OFFICE_BAD_TYPES));
    }
    let count = TicketCount::new(count).ok().filter(|count| count.get() <= most).ok_or_else(wrong_count)?;
    let ticket_types = (slot.prices().is_some() && wanted > 0).then_some(TicketTypes::Counts(types));
    let promotion = form.one("promotion").map(str::parse).transpose().map_err(or(texts::OFFICE_BAD_PROMOTION))?;
    Ok(Selection { ticket_types, promotion, ..places(form, count, &seats)? })
}

/// Reads where seats are to be.
pub(super) fn places(form: &Form, count: TicketCount, seats: &[String]) -> Result<Selection, Failure> {
    let selection = if seats.is_empty() {
        let zone = form.one("zone").map(ZoneName::parse).transpose()?;
        Selection { wanted: Wanted::Best { count, zone, together: !form.has("apart") }, ..Selection::any(count) }
    } else {
        let labels = seats.iter().map(|seat| SeatLabel::parse(seat)).collect::<Result<_, _>>();
        Selection::named(labels.map_err(or(texts::OFFICE_BAD_SEATS))?).map_err(or(texts::OFFICE_BAD_SEATS))?
    };
    let block = form.one("block").map(str::parse::<BlockId>).transpose().map_err(or(texts::OFFICE_BAD_BLOCK))?;
    let accessible = number(form, "wheelchairs")?;
    if accessible > count.get() {
        return Err(Failure::Field(texts::OFFICE_BAD_WHEELCHAIRS));
    }
    Ok(Selection { accessible, allow_single_seats: form.has("single"), block, ..selection })
}

/// Reads how many tickets of each type.
fn types(form: &Form, most: u8) -> Result<Vec<(TicketTypeName, u8)>, Failure> {
    let mut types = Vec::new();
    for (name, count) in form.starting(TYPE).filter(|(_, count)| !count.is_empty()) {
        let count = count.parse().map_err(|_| Failure::Count(most))?;
        if count > 0 {
            types.push((TicketTypeName::parse(name)?, count));
        }
    }
    Ok(types)
}

/// Reads a number. An empty field is 0.
pub(super) fn number(form: &Form, name: &str) -> Result<u8, Failure> {
    form.one(name).map_or(Ok(0), str::parse).map_err(or(texts::OFFICE_BAD_NUMBER))
}

/// Reads who buys: a name and a number, or neither.
pub(super) fn person(form: &Form) -> Result<(UserName, PhoneNumber), Failure> {
    match (form.one("name"), form.one("phone")) {
        (None, None) => Ok(walk_in::person()?),
        (Some(name), Some(phone)) => {
            let parsed = UserName::parse(name).and_then(|name| Ok((name, PhoneNumber::parse(phone)?)));
            parsed.map_err(or(texts::OFFICE_BAD_PERSON))
        }
        _ => Err(Failure::Field(texts::OFFICE_HALF_PERSON)),
    }
}

/// Reads how the till was paid.
pub(super) fn payment(form: &Form) -> Result<TillPayment, Failure> {
    let method = form
        .one("method")
        .map_or(Ok(PaymentMethod::Cash), str::parse)
        .map_err(or::<Invalid>(texts::OFFICE_BAD_METHOD))?;
    let reference = form.one("reference").map(PaymentReference::parse).transpose();
    Ok(TillPayment { method, reference: reference.map_err(or(texts::OFFICE_BAD_REFERENCE))? })
}
