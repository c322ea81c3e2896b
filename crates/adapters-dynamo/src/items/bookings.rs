//! Bookings as items, and back.
//!
//! A booking is one item with its tickets inside. It says again what a ticket shows of its slot and its user, so that a
//! ticket is one read. Tickets as they were made take ten bytes each; of the others, `changes` tells what became of them.

use std::sync::Arc;

use chrono::DateTime;
use ticketly_domain::{
    Booking, BookingId, NotAnId, PhoneNumber, Secret, Showing, SlotName, StoreError, Ticket, TicketCount, TicketId,
    TicketStatus, User, UserName,
};

use crate::client::write::{IS_NEW, Write};
use crate::items::attributes::{Attributes, Item, bytes, item, millis, text};
use crate::items::keyspace::{self, due, users};

/// Makes a booking, unless its number is taken.
pub(crate) fn make(booking: &Booking) -> Write {
    Write::put(written(booking)).only_if(IS_NEW)
}

fn written(booking: &Booking) -> Item {
    let Booking { id, showing, user, at, .. } = booking;
    let mut written = item(
        &keyspace::booking(id.key),
        [
            ("g1pk", text(users::pk(user.id))),
            ("g1sk", text(users::sk(id.key))),
            ("name", text(user.name.as_str())),
            ("phone", text(user.phone.as_str())),
            ("title", text(showing.name().as_str())),
            ("starts", millis(showing.start())),
            ("ends", millis(showing.end())),
            ("made", millis(*at)),
            ("secrets", bytes(secrets(booking))),
        ],
    );
    written.extend(changes(booking).map(|changes| ("changes".to_owned(), text(changes))));
    written
}

/// Writes what may change of a booking, if nobody else did meanwhile.
pub(crate) fn update(old: &Booking, new: &Booking) -> Write {
    let key = keyspace::booking(old.id.key);
    let write = match new.settled_at() {
        Some(settled) => {
            let [partition, index] = due::booking(settled, new.id.key);
            Write::update(&key, "SET changes = :new, g2pk = :partition, g2sk = :place")
                .with(":partition", text(partition))
                .with(":place", text(index))
        }
        None => Write::update(&key, "SET changes = :new REMOVE g2pk, g2sk"),
    };
    let write = write.with(":new", text(changes(new).unwrap_or_default()));
    match changes(old) {
        Some(changes) => write.only_if("changes = :old").with(":old", text(changes)),
        None => write.only_if("attribute_exists(pk) AND attribute_not_exists(changes)"),
    }
}

/// Whether an item is this very booking, made earlier by the same request.
pub(crate) fn is_made_of(found: &Item, booking: &Booking) -> bool {
    Attributes(found).bytes("secrets", |found| (found == secrets(booking)).then_some(())).is_ok()
}

/// Reads a booking.
pub(crate) fn read(found: &Item) -> Result<Booking, StoreError> {
    let found = Attributes(found);
    let key = keyspace::booking_of(&found.key()).ok_or_else(|| found.corrupt("pk, sk"))?;
    let title = found.text("title", |text| SlotName::parse(text).ok())?;
    let (starts, ends) = (found.time("starts")?, found.time("ends")?);
    let showing = Arc::new(Showing::new(key.slot, title, starts, ends).map_err(|_| found.corrupt("ends"))?);
    let user = Arc::new(User {
        id: found.text("g1pk", |text| text.parse().ok())?,
        name: found.text("name", |text| UserName::parse(text).ok())?,
        phone: found.text("phone", |text| PhoneNumber::parse(text).ok())?,
    });
    let at = found.time("made")?;
    let (secret, secrets) = found.bytes("secrets", |bytes| {
        let (secrets, rest) = bytes.as_chunks::<10>();
        let (first, others) = secrets.split_first()?;
        let count = u32::try_from(others.len()).ok()?;
        (rest.is_empty() && TicketCount::new(count).is_ok()).then_some((*first, others))
    })?;
    let as_made = |(index, secret): (u8, &[u8; 10])| {
        Ticket::booked(TicketId { booking: key, index, secret: Secret::from_bytes(*secret) }, &showing, &user, at)
    };
    let mut tickets: Vec<Ticket> = (0..).zip(secrets).map(as_made).collect();
    for change in found.optional("changes")?.into_iter().flat_map(str::split_whitespace) {
        apply(&mut tickets, change).ok_or_else(|| found.corrupt("changes"))?;
    }
    Ok(Booking { id: BookingId { key, secret: Secret::from_bytes(secret) }, showing, user, at, tickets })
}

/// The booking's secret, then one a ticket.
fn secrets(booking: &Booking) -> Vec<u8> {
    let tickets = booking.tickets.iter().map(|ticket| &ticket.id.secret);
    std::iter::once(&booking.id.secret).chain(tickets).flat_map(|secret| *secret.as_bytes()).collect()
}

/// The tickets that are not as they were made: place, first letter of the status, time, and which ticket it came from and
/// went to. `0C1604233320000 3C1604233320000>TKT...`
fn changes(booking: &Booking) -> Option<String> {
    let mut changes = String::new();
    for ticket in &booking.tickets {
        let Ticket { id: TicketId { index, .. }, status, since, moved_from, moved_to, .. } = ticket;
        if *status == TicketStatus::Booked && moved_from.is_none() && moved_to.is_none() {
            continue;
        }
        let gap = if changes.is_empty() { "" } else { " " };
        let mut parts = vec![format!("{gap}{index}{}{}", letter(*status), since.timestamp_millis())];
        parts.extend(moved_from.map(|id| format!("<{id}")));
        parts.extend(moved_to.map(|id| format!(">{id}")));
        changes.extend(parts);
    }
    (!changes.is_empty()).then_some(changes)
}

fn letter(status: TicketStatus) -> &'static str {
    status.as_str().get(..1).unwrap_or_default()
}

fn apply(tickets: &mut [Ticket], change: &str) -> Option<()> {
    let (index, change) = change.split_at_checked(1)?;
    let (status, change) = change.split_at_checked(1)?;
    let (change, to) = change.split_once('>').map_or((change, None), |(change, to)| (change, Some(to)));
    let (since, from) = change.split_once('<').map_or((change, None), |(since, from)| (since, Some(from)));
    let ticket = tickets.get_mut(index.parse::<usize>().ok()?)?;
    ticket.status = *TicketStatus::ALL.iter().find(|known| letter(**known) == status)?;
    ticket.since = DateTime::from_timestamp_millis(since.parse().ok()?)?;
    ticket.moved_from = other(from).ok()?;
    ticket.moved_to = other(to).ok()?;
    Some(())
}

fn other(id: Option<&str>) -> Result<Option<TicketId>, NotAnId> {
    id.map(str::parse).transpose()
}
