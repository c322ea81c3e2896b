//! Lists: their filters and their pages.

use serde_json::{Value, json};

use super::app::{App, order, path_of, text};

/// Schedules a programme of different slots.
fn programme(app: &App) {
    let slots = [
        ("Skyfall", "2020-11-01 12:22", "Movie", "Action", 20),
        ("Avatar", "2020-11-01 18:00", "Movie", "Scifi", 5),
        ("Skyfall", "2020-11-02 12:22", "Movie", "Action", 2),
        ("Wagner", "2020-11-03 19:00", "Concert", "Magical Realism", 8),
        ("Bees", "2020-11-04 10:00", "Documentary", "Social", 3),
    ];
    for (name, start, slot_type, genre, capacity) in slots {
        let end = format!("{} 23:00", &start[..10]);
        let draft = json!({
            "slotName": name, "startTime": start, "endTime": end,
            "slotType": slot_type, "genre": genre, "capacity": capacity,
        });
        app.post("/v1/slots").key(app.admin.as_str()).json(draft).send().created();
    }
}

/// The parameters of a query.
type Conditions<'a> = &'a [(&'a str, &'a str)];

/// Lists slots, and returns the name and the day of each.
fn listed(app: &App, conditions: Conditions<'_>) -> Vec<String> {
    let page = app.get("/v1/slots").query(conditions).send().ok();
    assert_eq!(page["nextCursor"], Value::Null, "all on one page");
    let name = |slot: &Value| format!("{} {}", text(slot, "slotName"), &text(slot, "startTime")[8..10]);
    page["slots"].as_array().unwrap().iter().map(name).collect()
}

#[test]
fn slots_are_listed_by_start_and_filtered() {
    let app = App::start();
    programme(&app);
    assert_eq!(listed(&app, &[]), ["Skyfall 01", "Avatar 01", "Skyfall 02", "Wagner 03", "Bees 04"]);
    let expected: [(Conditions<'_>, &[&str]); 12] = [
        (&[("genre", "Action")], &["Skyfall 01", "Skyfall 02"]),
        (&[("genre", "Magical Realism")], &["Wagner 03"]),
        (&[("slotType", "Documentary")], &["Bees 04"]),
        (&[("slotName", "Avatar")], &["Avatar 01"]),
        (&[("slotName", "avatar")], &[]),
        (&[("minAvailTickets", "5")], &["Skyfall 01", "Avatar 01", "Wagner 03"]),
        (&[("from", "2020-11-02 12:22")], &["Skyfall 02", "Wagner 03", "Bees 04"]),
        (&[("until", "2020-11-02 12:22")], &["Skyfall 01", "Avatar 01"]),
        (&[("from", "2020-11-01T18:00:00Z"), ("until", "2020-11-03T20:00:00+01:00")], &["Avatar 01", "Skyfall 02"]),
        (&[("slotName", "Skyfall"), ("minAvailTickets", "3")], &["Skyfall 01"]),
        (&[("genre", "Action"), ("slotType", "Concert")], &[]),
        (&[("genre", "Drama")], &[]),
    ];
    for (conditions, slots) in expected {
        assert_eq!(listed(&app, conditions), slots, "{conditions:?}");
    }
}

#[test]
fn a_query_may_write_a_space_as_plus() {
    let app = App::start();
    programme(&app);
    let page = app.get("/v1/slots?genre=Magical+Realism").send().ok();
    assert_eq!(page["slots"][0]["slotName"], "Wagner");
}

/// Reads all pages of a list, by their cursors.
fn pages(app: &App, path: &str, items: &str, size: usize) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let limit = size.to_string();
        let mut parameters = vec![("limit", limit.as_str())];
        parameters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = app.get(path).key(app.box_office.as_str()).query(&parameters).send().ok();
        let found = page[items].as_array().unwrap();
        assert!(found.len() <= size, "{} items are more than {size}", found.len());
        all.extend(found.clone());
        let Some(next) = page["nextCursor"].as_str() else { return all };
        assert_ne!(cursor.as_deref(), Some(next), "a cursor advances");
        cursor = Some(next.to_owned());
    }
}

#[test]
fn pages_of_any_size_make_up_the_list() {
    let app = App::start();
    programme(&app);
    let whole = pages(&app, "/v1/slots", "slots", 100);
    assert_eq!(whole.len(), 5);
    for size in 1..=6 {
        assert_eq!(pages(&app, "/v1/slots", "slots", size), whole, "{size} at a time");
        let of_genre = pages(&app, "/v1/slots?genre=Action", "slots", size);
        assert_eq!(of_genre, [whole[0].clone(), whole[2].clone()], "{size} at a time");
    }
}

#[test]
fn the_box_office_lists_the_tickets_of_a_slot() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 10);
    let other = app.schedule("Avatar", "2020-11-01 12:22", 10);
    app.book(&other, 1);
    let mut tickets = Vec::new();
    for (second, count) in (1..).zip([2, 3, 1]) {
        app.set_clock(&format!("2020-10-01T00:00:0{second}Z"));
        tickets.extend(app.book(&slot, count)["tickets"].as_array().unwrap().clone());
    }
    for index in [1, 3] {
        tickets[index] = app.post(&format!("{}/cancel", path_of(&tickets[index]))).send().ok();
    }
    let path = format!("/v1/slots/{}/tickets", text(&slot, "slotId"));
    for size in [1, 2, 5, 6, 100] {
        assert_eq!(pages(&app, &path, "tickets", size), tickets, "in order of booking, {size} at a time");
        for (status, positions) in [("Booked", &[0, 2, 4, 5][..]), ("Canceled", &[1, 3]), ("Expired", &[])] {
            let expected: Vec<_> = positions.iter().map(|&index| tickets[index].clone()).collect();
            let path = format!("{path}?ticketStatus={status}");
            assert_eq!(pages(&app, &path, "tickets", size), expected, "{status}, {size} at a time");
        }
    }
}

#[test]
fn the_box_office_lists_the_tickets_of_a_user() {
    let app = App::start();
    let (one, two) = (app.schedule("Skyfall", "2020-11-01 12:22", 10), app.schedule("Avatar", "2020-11-01 12:22", 10));
    let first = app.book(&one, 2);
    app.set_clock("2020-10-01T00:00:01Z");
    let mut others = order(&one, 1);
    others["userPhoneNumber"] = json!("9653864515");
    let others = app.post("/v1/bookings").json(others).send().created();
    assert_ne!(others["userId"], first["userId"]);
    let second = app.book(&two, 1);
    assert_eq!(second["userId"], first["userId"], "the same name and number are the same user");
    let path = format!("/v1/users/{}/tickets", text(&first, "userId"));
    let all = [&first["tickets"][0], &first["tickets"][1], &second["tickets"][0]].map(Clone::clone);
    for size in [1, 2, 100] {
        assert_eq!(pages(&app, &path, "tickets", size), all, "{size} at a time");
    }
    let booked = pages(&app, &format!("{path}?ticketStatus=Archived"), "tickets", 10);
    assert!(booked.is_empty(), "{booked:?}");
}

#[test]
fn a_list_shows_no_secret_of_a_booking() {
    let app = App::start();
    let slot = app.schedule("Skyfall", "2020-11-01 12:22", 10);
    let booking = app.book(&slot, 1);
    let path = format!("/v1/slots/{}/tickets", text(&slot, "slotId"));
    let listed = app.get(&path).key(app.box_office.as_str()).send();
    assert!(!listed.mentions(text(&booking, "bookingId")), "{listed}");
    assert!(!listed.mentions("9653864514"), "{listed}");
}
