//! A story that is the same on every store: the files of this folder hold what it leaves there.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use ticketly_domain::{
    BlockDraft, BlockReason, Booking, Capacity, Genre, IdempotencyKey, NewBooking, PhoneNumber, Plan, Release,
    SeatLabel, SingleSeats, SlotDescription, SlotDetails, SlotDraft, SlotId, SlotName, SlotSeats, SlotType, Target,
    Ticket, TicketId, TicketSlot, UserName,
};
use ticketly_store_contract::{
    Cinema, NOW, SHOW_END, SHOW_START, Subject, priced_draft, prices, request, seated_draft,
};

/// The cinema after the story, and what it is about.
pub struct Story {
    pub cinema: Cinema,
    slots: Vec<SlotId>,
    bookings: Vec<(&'static str, Booking)>,
    now: DateTime<Utc>,
}

impl Story {
    /// Plays the story on an empty store. Tickets get into every status, some by way of two others.
    pub async fn play(subject: Subject) -> Self {
        let cinema = Cinema::over(subject).await;
        let mut story = Self { cinema, slots: Vec::new(), bookings: Vec::new(), now: NOW };
        for draft in drafts() {
            let slot = story.cinema.slot_of(&draft).await;
            story.slots.push(slot);
        }
        let &[matinee, drama, concert, horror, _] = &story.slots[..] else { panic!("{:?}", story.slots) };

        let three = story.book("archived", matinee, 3).await;
        story.cancel(three[0]).await;
        let moved = story.rebook("archived after a move", three[1], drama).await;
        story.cancel(moved).await;
        assert_eq!(story.cinema.expire_by(SHOW_END).await, 1);
        assert_eq!(story.cinema.archive_by(NOW + TimeDelta::days(1)).await, 4);

        story.now = NOW + TimeDelta::days(92);
        story.book("booked", drama, 2).await;
        let ten = story.book("canceled in part", drama, 10).await;
        story.cancel(ten[9]).await;
        story.cancel(ten[0]).await;
        let three = story.book("moved", drama, 3).await;
        let moved = story.rebook("moved in and on", three[1], concert).await;
        story.rebook("expired after a move", moved, horror).await;
        story.rebook("moved in", three[2], concert).await;
        story.book("expired", horror, 4).await;
        story.book_without_a_person(concert).await;
        assert_eq!(story.cinema.expire_by(NOW + TimeDelta::days(96)).await, 5);
        story.take_seats().await;
        story.set_prices().await;

        story.cinema = story.cinema.reopened().await;
        for (_, booking) in &mut story.bookings {
            *booking = story.cinema.store().booking(booking.key()).await.unwrap().unwrap();
        }
        story
    }

    /// Goes on in an auditorium, whose plan is replaced meanwhile. It comes last, so that nothing before it changes.
    async fn take_seats(&mut self) {
        let (plan, other) = (hall("focus 0.5 0.25\n", 'L'), hall("", 'M'));
        let auditorium = self.cinema.auditorium(&plan, SingleSeats::AllowedAtAisles).await;
        let draft = |name, start: DateTime<Utc>, end| SlotDraft { start, end, ..seated_draft(name, &auditorium) };
        // The first is on two days.
        let start = NOW + TimeDelta::hours(24 * 103 + 10);
        let late = draft("Metropolis", start, start + TimeDelta::minutes(153));
        let matinee = draft("Orphée", start - TimeDelta::hours(9), start - TimeDelta::minutes(437));
        let [late, matinee] = [self.cinema.slot_of(&late).await, self.cinema.slot_of(&matinee).await];
        let other = Arc::new(Plan::new(other.parse().unwrap()).unwrap());
        self.cinema.ticketing.replace_plan(auditorium.id, &other).await.unwrap();
        self.slots.extend([late, matinee]);
        let party = self.book("with seats", late, 5).await;
        self.cancel(party[4]).await;
        self.rebook("with another seat", party[0], matinee).await;
        self.block(matinee, ["A1", "A2"], None).await;
        let until = Some(Release::At(start - TimeDelta::hours(10)));
        self.block(matinee, ["C12", "C14"], until).await;
    }

    /// Goes on with slots that have prices, of which a list has two versions. Nobody can book them yet.
    async fn set_prices(&mut self) {
        let list = self.cinema.price_list("Weekday", "1240, adult\n820, child under 12\n1680, adult, lounge").await;
        let start = NOW + TimeDelta::hours(24 * 104);
        let priced = |name, start: DateTime<Utc>| SlotDraft {
            start,
            end: start + TimeDelta::minutes(97),
            ..priced_draft(name, 25, &list)
        };
        let first = self.cinema.slot_of(&priced("Faust", start)).await;
        self.cinema.ticketing.replace_prices(list.id, &prices("1290, adult\n820, child under 12")).await.unwrap();
        let second = self.cinema.slot_of(&priced("Vampyr", start + TimeDelta::hours(3))).await;
        self.slots.extend([first, second]);
    }

    /// Blocks seats of a slot.
    async fn block(&mut self, slot: SlotId, seats: [&str; 2], release: Option<Release>) {
        let seats = seats.map(|seat| SeatLabel::parse(seat).unwrap());
        let draft = BlockDraft::new(seats.into(), BlockReason::parse("House seats").unwrap(), release).unwrap();
        let at = self.tick();
        self.cinema.ticketing.block(slot, draft, at, &mut self.cinema.rng).await.unwrap();
    }

    /// Returns a time of its own for each change.
    fn tick(&mut self) -> DateTime<Utc> {
        self.now += TimeDelta::milliseconds(61_007);
        self.now
    }

    fn keep(&mut self, case: &'static str, booking: Booking) -> Vec<TicketId> {
        let tickets = booking.tickets().iter().map(Ticket::id).collect();
        self.bookings.push((case, booking));
        tickets
    }

    async fn book(&mut self, case: &'static str, slot: SlotId, count: u32) -> Vec<TicketId> {
        let (at, mut asked) = (self.tick(), request(slot, count));
        asked.user_name = UserName::parse(&format!("Zoë O'Hara ({case})")).unwrap();
        asked.phone = PhoneNumber::parse(&format!("+43660555{:04}", self.bookings.len())).unwrap();
        asked.key = Some(IdempotencyKey::parse(&case.replace(' ', "-")).unwrap());
        let booking = self.cinema.ask(asked, at).await.unwrap();
        self.keep(case, booking)
    }

    async fn book_without_a_person(&mut self, slot: SlotId) {
        let at = self.tick();
        let minted = self.cinema.minted(slot, 1).await;
        let booking = self.cinema.store().book(&NewBooking { user: None, at, ..minted }).await.unwrap();
        self.keep("without a person", booking);
    }

    async fn cancel(&mut self, ticket: TicketId) {
        let at = self.tick();
        self.cinema.ticketing.cancel(ticket, None, at).await.unwrap();
    }

    /// Moves a ticket, and returns the new one.
    async fn rebook(&mut self, case: &'static str, ticket: TicketId, slot: SlotId) -> TicketId {
        let (at, target) = (self.tick(), Target::Slot(slot));
        let moved = self.cinema.ticketing.move_ticket(ticket, target, None, at, &mut self.cinema.rng).await.unwrap();
        let booking = self.cinema.store().booking(moved.new.id().booking).await.unwrap().unwrap();
        self.keep(case, booking)[0]
    }

    /// Returns the slots as the domain reads them.
    pub async fn slots(&self) -> Value {
        let mut slots = Vec::new();
        for &slot in &self.slots {
            let blocks = self.cinema.store().blocks(slot).await.unwrap();
            let blocked: usize = blocks.iter().map(|block| block.seats().len()).sum();
            slots.push(slot_json(&self.cinema.ticketing.slot(slot).await.unwrap(), blocked));
        }
        Value::Array(slots)
    }

    /// Returns the bookings as the domain reads them, each with its text of changes as the store holds it.
    pub fn bookings(&self, stored: impl Fn(&Booking) -> Option<String>) -> Value {
        let bookings = self.bookings.iter().map(|(case, booking)| {
            json!({
                "case": case,
                "slot": booking.key().slot.to_string(),
                "made": booking.made_at().timestamp_millis(),
                "tickets": booking.tickets().iter().map(ticket_json).collect::<Vec<_>>(),
                "changes": stored(booking),
            })
        });
        bookings.collect()
    }
}

/// Returns slots that differ in everything. The seats of the last are two items on DynamoDB. None of them is booked, since
/// the store is free to take seats from either.
fn drafts() -> [SlotDraft; 5] {
    let about = "In two parts.\nWith a break, \"as ever\".";
    let draft = |name, start: DateTime<Utc>, (slot_type, genre), seats, about| SlotDraft {
        name: SlotName::parse(name).unwrap(),
        start,
        end: start + TimeDelta::minutes(90 + i64::from(seats) % 30),
        details: SlotDetails { description: SlotDescription::parse(about).unwrap(), slot_type, genre },
        seats: SlotSeats::Unnumbered(Capacity::new(seats).unwrap()),
        prices: None,
    };
    let days = |days| NOW + TimeDelta::days(days);
    [
        draft("Modern Times", SHOW_START, (SlotType::Movie, Genre::Comedy), 31, ""),
        draft("The \"Ash\" # 7, or O'Hara's Größe", days(100), (SlotType::Movie, Genre::Drama), 300, about),
        draft("Winterreise", days(99), (SlotType::Concert, Genre::MagicalRealism), 47, "Live."),
        draft("Nosferatu", days(94), (SlotType::Movie, Genre::Horror), 52, "Silent."),
        draft("Flow", days(98), (SlotType::Documentary, Genre::Animation), 601, "Without words."),
    ]
}

/// Returns a plan with an aisle, a zone of its own, and a place for a wheelchair.
fn hall(focus: &str, zone: char) -> String {
    let legend = format!("legend . standard\nlegend {zone} lounge\nlegend c companion\nlegend w wheelchair\n");
    format!("{focus}{legend}row A 1 1 ..._.....\nrow B 9 -1 ....._...\nrow C 2 2 wc._ {zone}{zone}{zone}{zone}\n")
}

fn slot_json(slot: &TicketSlot, blocked: usize) -> Value {
    let (showing, details, seats) = (slot.showing(), slot.details(), slot.seats());
    json!({
        "slot": slot.id().to_string(),
        "title": showing.name().as_str(),
        "type": details.slot_type.as_str(),
        "genre": details.genre.as_str(),
        "starts": showing.start().timestamp_millis(),
        "ends": showing.end().timestamp_millis(),
        "capacity": seats.capacity().get(),
        "available": seats.available(),
        "blocked": blocked,
    })
}

fn ticket_json(ticket: &Ticket) -> Value {
    let mut found = Map::new();
    found.insert("ticket".to_owned(), json!(ticket.id().to_string()));
    found.insert("status".to_owned(), json!(ticket.status().as_str()));
    found.insert("since".to_owned(), json!(ticket.since().timestamp_millis()));
    found.extend(ticket.seat().map(|seat| ("seat".to_owned(), json!(format!("{}{}", seat.row, seat.number)))));
    for (name, other) in [("movedFrom", ticket.moved_from()), ("movedTo", ticket.moved_to())] {
        found.extend(other.map(|id| (name.to_owned(), json!(id.to_string()))));
    }
    Value::Object(found)
}
