//! Writes and parses the items of bookings.
//!
//! A booking is one item that contains its tickets. It repeats what a ticket shows of its slot and its user, so that a
//! ticket takes one read. A new ticket takes ten bytes; `changes` describes the tickets that have changed.

use std::sync::Arc;

use ticketly_domain::{Booking, BookingKey, PhoneNumber, Seating, Showing, SlotName, StoreError, User, UserName};

use crate::client::attributes::{Attributes, Item, bytes, item, millis, text};
use crate::client::write::{IS_NEW, Write};
use crate::items::holds;
use crate::items::keyspace::{self, due, users};

/// Creates a booking, unless its number is taken.
pub(crate) fn make(booking: &Booking) -> Write {
    Write::put(written(booking)).only_if(IS_NEW)
}

/// Returns the item of a booking of which no ticket has changed.
pub(crate) fn written(booking: &Booking) -> Item {
    let showing = booking.showing();
    let mut written = item(
        &keyspace::booking(booking.key()),
        [
            ("title", text(showing.name().as_str())),
            ("starts", millis(showing.start())),
            ("ends", millis(showing.end())),
            ("made", millis(booking.made_at())),
            ("secrets", bytes(booking.secrets())),
        ],
    );
    if let Some(user) = booking.user() {
        let user = [
            ("user", text(user.id.to_string())),
            ("name", text(user.name.as_str())),
            ("phone", text(user.phone.as_str())),
            ("g1pk", text(users::pk(user.id, booking.key().slot.is_seated()))),
            ("g1sk", text(users::sk(booking.key()))),
        ];
        written.extend(user.map(|(name, value)| (name.to_owned(), value)));
    }
    written.extend(booking.changes().map(|changes| ("changes".to_owned(), text(changes))));
    written.extend(holds::attributes(booking));
    written.extend(booking.sale().map(|sale| ("sale".to_owned(), text(sale.to_string()))));
    if let (Some(seats), Some(seating)) = (booking.seats(), showing.seating()) {
        let plan = [("seats", bytes(seats)), ("plan", text(plan(seating)))];
        written.extend(plan.map(|(name, value)| (name.to_owned(), value)));
    }
    written
}

/// Updates the attributes of a booking that can change, unless another change came first.
pub(crate) fn update(old: &Booking, new: &Booking) -> Write {
    if let Some(held) = old.held_seats() {
        return holds::update(old, &held, new);
    }
    let key = keyspace::booking(old.key());
    let sale = new.sale().filter(|sale| old.sale() != Some(*sale)).map(|sale| text(sale.to_string()));
    let erased = new.user().filter(|user| user.is_erased() && old.names_person());
    let changes = new.changes().map(text);
    let settled = new.settled_at().map(|settled| due::booking(settled, new.key()));
    let sets = [
        changes.as_ref().map(|_| "changes = :new"),
        settled.as_ref().map(|_| "g2pk = :partition, g2sk = :position"),
        sale.as_ref().map(|_| "sale = :sale"),
        // It stays in the index of users: a hold is what is not in it.
        erased.map(|_| "#user = :user, #name = :name, phone = :phone, g1pk = :list"),
    ];
    let sets: Vec<_> = sets.into_iter().flatten().collect();
    let removes = if settled.is_none() { " REMOVE g2pk, g2sk" } else { "" };
    let mut write = Write::update(&key, format!("SET {}{removes}", sets.join(", ")));
    let [partition, position] = settled.map_or([None, None], |place| place.map(|part| Some(text(part))));
    for (name, value) in [(":new", changes), (":sale", sale), (":partition", partition), (":position", position)] {
        write = value.into_iter().fold(write, |write, value| write.with(name, value));
    }
    if let Some(user) = erased {
        let list = users::pk(user.id, old.key().slot.is_seated());
        write = write.naming("#user", "user").naming("#name", "name");
        write = write.with(":user", text(user.id.to_string())).with(":list", text(list));
        write = write.with(":name", text(user.name.as_str())).with(":phone", text(user.phone.as_str()));
    }
    match old.changes() {
        Some(changes) => write.only_if("changes = :old").with(":old", text(changes)),
        None => write.only_if("attribute_exists(pk) AND attribute_not_exists(changes)"),
    }
}

/// Returns whether an item is this booking, written by an earlier attempt of the same request.
pub(crate) fn is_made_of(found: &Item, booking: &Booking) -> bool {
    Attributes(found).bytes("secrets", |found| (found == booking.secrets()).then_some(())).is_ok()
}

/// Returns the text for a version of an auditorium's plan.
pub(crate) fn plan(seating: &Seating) -> String {
    format!("{}#{}", seating.auditorium, seating.version.0)
}

/// Returns whether a booking's seats are those of this plan. A slot that was read before its auditorium was changed has
/// another.
pub(crate) fn is_of(found: &Item, seating: &Seating) -> bool {
    Attributes(found).optional("plan").is_ok_and(|found| found == Some(&plan(seating)))
}

/// Parses a booking's key.
pub(crate) fn key(found: &Item) -> Result<BookingKey, StoreError> {
    let found = Attributes(found);
    Ok(keyspace::booking_of(&found.key()).ok_or_else(|| found.corrupt("pk, sk"))?)
}

/// Parses a booking. `seating` is what its slot has of an auditorium.
pub(crate) fn read(found: &Item, seating: Option<&Arc<Seating>>) -> Result<Booking, StoreError> {
    let key = key(found)?;
    let found = Attributes(found);
    let title = found.text("title", |text| SlotName::parse(text).ok())?;
    let (starts, ends) = (found.time("starts")?, found.time("ends")?);
    let showing = Showing::new(key.slot, title, starts, ends).map_err(|_| found.corrupt("ends"))?;
    let showing = Arc::new(match seating {
        Some(seating) => showing.seated(Arc::clone(seating)),
        None => showing,
    });
    let user = user(found)?;
    let made_at = found.time("made")?;
    let changes = found.optional("changes")?;
    let secrets = found.bytes("secrets", Some)?;
    let booking = Booking::restore(key, &showing, user.as_ref(), made_at, secrets, changes);
    let booking = booking.ok_or_else(|| found.corrupt("secrets, changes"))?;
    let booking = match holds::read(found)? {
        Some(hold) => booking.with_hold(hold),
        None => booking,
    };
    let booking = match found.optional("sale")? {
        Some(_) => found.text("sale", |text| booking.with_sale(text.parse().ok()?))?,
        None => booking,
    };
    if seating.is_none() {
        return Ok(booking);
    }
    Ok(found.bytes("seats", |seats| booking.with_seats(seats))?)
}

/// Parses the user of a booking, which may have none yet. Old items have the identifier only as an index key.
fn user(found: Attributes<'_>) -> Result<Option<Arc<User>>, StoreError> {
    let attribute = if found.optional("user")?.is_some() { "user" } else { "g1pk" };
    if found.optional(attribute)?.is_none() {
        return Ok(None);
    }
    Ok(Some(Arc::new(User {
        id: found.text(attribute, |text| text.parse().ok())?,
        name: found.text("name", |text| UserName::parse(text).ok())?,
        phone: found.text("phone", |text| PhoneNumber::parse(text).ok())?,
    })))
}
