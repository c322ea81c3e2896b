//! The timetable: scheduling, correcting, moving and canceling showings.

use serde_json::{Value, json};

use super::manage::Manager;
use super::{body, opened};
use crate::http::app::{Stage, text};

const NEW: &str = "/manage/timetable/new";

/// Returns the fields of a showing of two hours.
fn fields<'a>(title: &'a str, place: &'a str, start: &'a str) -> Vec<(&'a str, &'a str)> {
    let (date, start) = start.split_once(' ').unwrap();
    vec![
        ("title", title),
        ("description", "In space"),
        ("type", "Movie"),
        ("genre", "Scifi"),
        ("date", date),
        ("start", start),
        ("length", "120"),
        ("place", place),
        ("capacity", "40"),
    ]
}

fn with<'a>(fields: &[(&'a str, &'a str)], others: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
    kept.chain(others).copied().collect()
}

fn slots(manager: &Manager) -> Vec<Value> {
    let page = manager.app.get("/v1/slots?from=2020-01-01%2000:00&limit=100").send().ok();
    page["slots"].as_array().unwrap().clone()
}

#[test]
fn a_showing_is_scheduled_with_all_that_the_form_says() {
    let manager = Manager::new();
    let (hall, list) = (manager.app.auditorium(), manager.app.price_list());
    let draft = with(
        &fields("Alien", text(&hall, "auditoriumId"), "2020-10-01 23:30"),
        &[("prices", text(&list, "priceListId"))],
    );
    assert_eq!(manager.accepted(NEW, &draft), "/manage/timetable?week=2020-W40&done=scheduled");
    let found = slots(&manager);
    assert_eq!(found.len(), 1);
    let slot = &found[0];
    assert_eq!((text(slot, "slotName"), text(slot, "slotDescription")), ("Alien", "In space"));
    assert_eq!((text(slot, "startTime"), text(slot, "endTime")), ("2020-10-01T23:30:00Z", "2020-10-02T01:30:00Z"));
    assert_eq!((&slot["auditoriumId"], &slot["priceListId"]), (&hall["auditoriumId"], &list["priceListId"]));
    let page = manager.open("/manage/timetable?week=2020-W40&done=scheduled");
    assert!(page.contains("The showing is scheduled.") && page.contains("Alien, 23:30–01:30, Hall 1, 0 of 30 taken"));
}

#[test]
fn an_end_or_a_length_says_how_long_it_is() {
    let manager = Manager::new();
    let draft = fields("Alien", "unnumbered", "2020-10-01 22:00");
    for (start, others) in
        [("18:00", [("end", "20:00"), ("length", "")]), ("19:00", [("end", "21:00"), ("length", "120")])]
    {
        manager.accepted(NEW, &with(&with(&draft, &[("start", start)]), &others));
    }
    manager.accepted(NEW, &with(&draft, &[("end", "00:15"), ("length", "")]));
    let ends: Vec<_> = slots(&manager).iter().map(|slot| text(slot, "endTime").to_owned()).collect();
    assert_eq!(ends, ["2020-10-01T20:00:00Z", "2020-10-01T21:00:00Z", "2020-10-02T00:15:00Z"]);
    let page = manager.refused(NEW, &with(&draft, &[("end", "23:00"), ("length", "120")]));
    assert!(page.contains("The end and the length do not agree."));
}

#[test]
fn what_occupies_an_auditorium_is_named_with_the_time_until_when() {
    let manager = Manager::new();
    let hall = manager.app.auditorium();
    manager.app.schedule_in(&hall, "Brazil", "2020-10-01 18:00");
    let draft = fields("Alien", text(&hall, "auditoriumId"), "2020-10-01 21:00");
    let words = "Brazil occupies the auditorium from Thursday, 1 October, 18:00 until 21:15";
    let page = manager.refused(NEW, &draft);
    assert!(page.contains(words) && page.contains(r#"value="Alien""#), "{page}");
    assert_eq!(slots(&manager).len(), 1);
    // A module asks the same while the form is filled in.
    let check = |others: &[(&str, &str)]| {
        let answer = manager.get("/manage/timetable/check").query(&with(&draft, others)).send();
        (answer.status, body(&answer))
    };
    assert!(check(&[]).1.contains(words));
    assert_eq!(check(&[("start", "21:15")]), (200, String::new()));
    assert_eq!(check(&[("start", "")]), (200, String::new()));
    assert_eq!(check(&[("except", text(&slots(&manager)[0], "slotId"))]), (200, String::new()));
    assert!(check(&[("length", "1500")]).1.is_empty());
}

#[test]
fn what_is_wrong_in_a_form_is_said_and_the_rest_is_kept() {
    let manager = Manager::new();
    let draft = fields("Alien", "unnumbered", "2020-10-01 22:00");
    let long = "x".repeat(201);
    for (name, value, at, words) in [
        ("title", "", "title", "Give a title of 1 to 200 characters."),
        ("title", &*long, "title", "Give a title of 1 to 200 characters."),
        ("type", "Opera", "type", "Choose one of the list."),
        ("genre", "", "genre", "Choose one of the list."),
        ("date", "2020-13-01", "date", "Give a date and a time"),
        ("start", "25:00", "start", "Give a date and a time"),
        ("length", "1441", "length", "Give an end that is still to come"),
        ("length", "", "end", "Give an end that is still to come"),
        ("date", "2020-09-30", "end", "Give an end that is still to come"),
        ("capacity", "0", "capacity", "Give 1 to 100,000 seats."),
        ("place", "A000000000000", "place", "There is no such auditorium."),
        ("place", "", "place", "There is no such auditorium."),
        ("prices", "x", "prices", "There is no such price list."),
        ("until", "2020-09-30", "until", "Give a last day that is not before the first"),
        ("until", "2021-10-01", "until", "at most 62 days"),
    ] {
        let page = manager.refused(NEW, &with(&draft, &[(name, value)]));
        let (_, beside) = page.split_once(&format!("id=\"f-{at}-wrong\"")).expect(name);
        assert!(beside.split("</p>").next().unwrap().contains(words), "{name} {value}");
        assert!(page.contains("In space"), "{name} {value}");
    }
    assert_eq!(slots(&manager), Vec::<Value>::new());
}

#[test]
fn a_time_that_the_clocks_skip_is_refused() {
    let manager = Manager::on(Stage { zone: chrono_tz::Tz::Europe__Berlin, ..Stage::new() });
    let page = manager.refused(NEW, &fields("Alien", "unnumbered", "2021-03-28 02:30"));
    assert!(page.contains("Give a date and a time that the clocks show on that day."));
}

#[test]
fn a_showing_is_repeated_on_days_of_the_week_and_each_is_said() {
    let manager = Manager::new();
    let hall = manager.app.auditorium();
    manager.app.schedule_in(&hall, "Brazil", "2020-10-08 20:00");
    let draft = with(&fields("Alien", text(&hall, "auditoriumId"), "2020-10-01 20:00"), &[("until", "2020-10-09")]);
    // Thursdays and Fridays.
    let draft = [draft.as_slice(), &[("weekday", "4"), ("weekday", "5")]].concat();
    let answer = manager.submit(NEW, &draft);
    let page = body(&answer);
    assert_eq!(answer.status, 200);
    assert!(page.contains("3 of 4 showings scheduled"), "{page}");
    assert!(page.contains("Thursday, 8 October</strong> was not scheduled. Brazil occupies the auditorium"));
    let found = slots(&manager);
    let days: Vec<_> = found.iter().map(|slot| &text(slot, "startTime")[..10]).collect();
    assert_eq!(days, ["2020-10-01", "2020-10-02", "2020-10-08", "2020-10-09"]);
}

#[test]
fn a_repeated_showing_keeps_its_times_over_a_change_of_the_clocks() {
    let manager = Manager::on(Stage { zone: chrono_tz::Tz::Europe__Berlin, ..Stage::new() });
    let draft = fields("Alien", "unnumbered", "2020-10-24 20:00");
    manager.submit(NEW, &with(&draft, &[("until", "2020-10-25")]));
    let times: Vec<_> = slots(&manager).iter().map(|slot| text(slot, "startTime").to_owned()).collect();
    assert_eq!(times, ["2020-10-24T20:00:00+02:00", "2020-10-25T20:00:00+01:00"]);
}

#[test]
fn a_form_that_is_sent_twice_schedules_once() {
    let manager = Manager::new();
    let page = manager.open(NEW);
    let (_, rest) = page.split_once(r#"name="series" value=""#).unwrap();
    let series = rest.split('"').next().unwrap();
    let hall = manager.app.auditorium();
    for place in ["unnumbered", text(&hall, "auditoriumId")] {
        let draft = with(&fields("Alien", place, "2020-10-01 20:00"), &[("series", series)]);
        for _ in 0..2 {
            manager.accepted(NEW, &draft);
        }
    }
    assert_eq!(slots(&manager).len(), 2, "one for each place");
    // The form that the browser kept, with something else in it, is another showing.
    let draft = with(&fields("Brazil", "unnumbered", "2020-10-01 20:00"), &[("series", series)]);
    manager.accepted(NEW, &draft);
    assert_eq!(slots(&manager).len(), 3);
}

#[test]
fn the_form_begins_like_another_showing() {
    let manager = Manager::new();
    let hall = manager.app.auditorium();
    let slot = manager.app.schedule_in(&hall, "Brazil", "2020-10-08 20:00");
    let page = manager.open(&format!("{NEW}?like={}&date=2020-10-09", text(&slot, "slotId")));
    for part in [r#"value="Brazil""#, r#"value="20:00""#, r#"value="23:00""#, r#"value="2020-10-09""#] {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains(&format!(r#"<option value="{}" selected"#, text(&hall, "auditoriumId"))));
}

#[test]
fn a_week_has_its_showings_and_others_do_not() {
    let manager = Manager::new();
    let hall = manager.app.auditorium();
    let late = manager.app.schedule_in(&hall, "Alien", "2020-10-05 00:30");
    manager.app.schedule("Brazil", "2020-10-05 20:00", 20);
    let shown = |week: &str| {
        let page = manager.open(&format!("/manage/timetable?week={week}"));
        ["Alien", "Brazil"].map(|name| page.contains(name))
    };
    assert_eq!(shown("2020-W40"), [true, false], "after midnight it is Sunday evening");
    assert_eq!(shown("2020-10-05"), [false, true]);
    assert_eq!(shown("nonsense"), [true, false], "the present week");
    let page = manager.open("/manage/timetable?week=2020-W40");
    assert!(page.contains(&format!(r#"data-movable="{}""#, text(&late, "slotId"))));
    assert!(page.contains("28 September 2020 to 4 October 2020"));
    let german = opened(&manager.get("/manage/timetable").header("Accept-Language", "de"));
    assert!(german.contains("28. September 2020 bis 4. Oktober 2020") && german.contains("Vorstellung ansetzen"));
}

#[test]
fn a_bar_is_dragged_to_another_time_while_nothing_is_sold() {
    let manager = Manager::new();
    let [hall, other] = [(); 2].map(|()| manager.app.auditorium());
    let slot = manager.app.schedule_in(&hall, "Alien", "2020-10-01 20:00");
    manager.app.schedule_in(&other, "Brazil", "2020-10-01 20:00");
    let path = format!("/manage/showings/{}/drag", text(&slot, "slotId"));
    let drag =
        |start: &str, place: &Value| manager.submit(&path, &[("start", start), ("place", text(place, "auditoriumId"))]);
    assert_eq!(drag("2020-10-01 20:30", &hall).status, 204);
    assert_eq!(text(&manager.app.slot(&slot), "endTime"), "2020-10-01T23:30:00Z", "it keeps its length");
    let refused = drag("2020-10-01 22:55", &other);
    assert_eq!(refused.status, 409);
    assert!(body(&refused).contains("Brazil occupies the auditorium"), "{refused}");
    assert_eq!(drag("2020-10-02 10:00", &other).status, 204);
    assert_eq!(manager.app.slot(&slot)["auditoriumId"], other["auditoriumId"]);
    manager.app.book(&slot, 1);
    let refused = drag("2020-10-02 11:00", &other);
    assert_eq!(
        (refused.status, body(&refused).contains("Tickets of this showing were booked already")),
        (409, true),
        "{refused}"
    );
    assert!(!manager.open("/manage/timetable").contains(&format!("data-movable=\"{}\"", text(&slot, "slotId"))));
}

#[test]
fn numbered_seats_are_not_dragged_where_seats_have_no_numbers() {
    let manager = Manager::new();
    let slot = manager.app.schedule_in(&manager.app.auditorium(), "Alien", "2020-10-01 20:00");
    let plain = manager.app.schedule("Brazil", "2020-10-01 20:00", 20);
    let drag = |slot: &Value| {
        let path = format!("/manage/showings/{}/drag", text(slot, "slotId"));
        manager.submit(&path, &[("start", "2020-10-01 20:30"), ("place", "")])
    };
    let refused = drag(&slot);
    assert_eq!(refused.status, 409);
    assert!(body(&refused).contains("Its seats have numbers: drop it in an auditorium."), "{refused}");
    assert_eq!(text(&manager.app.slot(&slot), "startTime"), "2020-10-01T20:00:00Z");
    assert_eq!(drag(&plain).status, 204);
    assert_eq!(text(&manager.app.slot(&plain), "startTime"), "2020-10-01T20:30:00Z");
}

#[test]
fn a_showing_is_corrected_as_far_as_nobody_has_booked() {
    let manager = Manager::new();
    let list = manager.app.price_list();
    let slot = manager.app.schedule("Alien", "2020-10-01 20:00", 20);
    let path = format!("/manage/showings/{}", text(&slot, "slotId"));
    let draft = with(&fields("Aliens", "", "2020-10-01 21:00"), &[("prices", text(&list, "priceListId"))]);
    assert_eq!(manager.accepted(&path, &draft), format!("{path}?done=corrected"));
    let now = manager.app.slot(&slot);
    assert_eq!((text(&now, "slotName"), text(&now, "endTime")), ("Aliens", "2020-10-01T23:00:00Z"));
    assert_eq!(now["priceListId"], list["priceListId"]);
    let page = manager.open(&format!("{path}?done=corrected"));
    assert!(page.contains("The showing is corrected.") && page.contains("Weekday, version 1"));
    let page = manager.refused(&path, &with(&draft, &[("title", "")]));
    assert!(page.contains("Give a title of 1 to 200 characters."));
}

#[test]
fn the_description_changes_also_when_somebody_has_booked_and_the_times_have_seconds() {
    let manager = Manager::new();
    let draft = json!({ "slotName": "Alien", "startTime": "2020-10-01T20:00:30Z", "endTime": "2020-10-01T22:00:30Z",
        "slotType": "Movie", "genre": "Scifi" });
    let slot = manager.app.post("/v1/slots").key(manager.app.admin.as_str()).json(draft).send().created();
    manager.app.book(&slot, 2);
    let path = format!("/manage/showings/{}", text(&slot, "slotId"));
    let same = [
        ("title", "Alien"),
        ("description", "New"),
        ("genre", "Horror"),
        ("date", "2020-10-01"),
        ("start", "20:00"),
        ("end", "22:00"),
        ("prices", "free"),
    ];
    manager.accepted(&path, &same);
    let now = manager.app.slot(&slot);
    assert_eq!((text(&now, "slotDescription"), text(&now, "startTime")), ("New", "2020-10-01T20:00:30Z"));
    let page = manager.refused(&path, &with(&same, &[("start", "20:30")]));
    assert!(page.contains("Tickets of this showing were booked already"));
}

#[test]
fn a_sale_is_closed_and_reopened() {
    let manager = Manager::new();
    let slot = manager.app.schedule("Alien", "2020-10-01 20:00", 20);
    let path = format!("/manage/showings/{}", text(&slot, "slotId"));
    assert_eq!(manager.accepted(&format!("{path}/sale"), &[("sales", "closed")]), format!("{path}?done=closed"));
    assert_eq!(text(&manager.app.slot(&slot), "sales"), "closed");
    assert!(manager.open(&path).contains("Reopen the sale"));
    manager.accepted(&format!("{path}/sale"), &[("sales", "open")]);
    assert_eq!(manager.app.slot(&slot)["sales"], json!(null));
}

#[test]
fn a_showing_is_canceled_after_a_confirmation_that_counts_the_bookings() {
    let manager = Manager::new();
    let slot = manager.app.schedule("Alien", "2020-10-01 20:00", 20);
    let path = format!("/manage/showings/{}", text(&slot, "slotId"));
    assert!(manager.open(&format!("{path}/cancel")).contains("Nobody has booked."));
    manager.app.book(&slot, 2);
    manager.app.book(&slot, 3);
    assert!(manager.open(&format!("{path}/cancel")).contains("2 bookings with 5 tickets are canceled."));
    assert_eq!(manager.accepted(&format!("{path}/cancel"), &[]), format!("{path}?done=canceled"));
    let mut page = manager.open(&path);
    while page.contains("data-running") {
        page = manager.open(&path);
    }
    assert!(page.contains("2 bookings with 5 tickets canceled so far.") && page.contains("This is done."), "{page}");
    assert!(!page.contains("Close the sale"));
    // It is no more in the way, and stays in the list.
    let week = manager.open("/manage/timetable");
    assert!(week.contains("Canceled") && !week.contains(r#"class="bar""#));
    // Canceling again changes nothing.
    assert_eq!(manager.accepted(&format!("{path}/cancel"), &[]), format!("{path}?done=canceled"));
}

#[test]
fn a_showing_moves_to_another_auditorium_with_its_bookings() {
    let manager = Manager::new();
    let [hall, other] = [(); 2].map(|()| manager.app.auditorium());
    let slot = manager.app.schedule_in(&hall, "Alien", "2020-10-01 20:00");
    manager.app.book(&slot, 4);
    let (path, to) = (format!("/manage/showings/{}", text(&slot, "slotId")), text(&other, "auditoriumId"));
    let asked = manager.open(&format!("{path}/reseat"));
    assert!(asked.contains(to) && !asked.contains(text(&hall, "auditoriumId")));
    let planned = manager.open(&format!("{path}/reseat?place={to}"));
    assert!(planned.contains("1 of 1 bookings fit."), "{planned}");
    assert_eq!(manager.app.available(&slot), 26, "it is only planned");
    assert_eq!(manager.accepted(&format!("{path}/reseat"), &[("place", to)]), format!("{path}?done=moved"));
    let mut page = manager.open(&path);
    while page.contains("data-running") {
        page = manager.open(&path);
    }
    assert!(page.contains("1 booking with 4 tickets moved so far.") && page.contains("This is done."), "{page}");
    let target = page.split(r#"href="/manage/showings/"#).nth(1).unwrap();
    let target = manager.open(&format!("/manage/showings/{}", target.split('"').next().unwrap()));
    assert!(target.contains("4 of 30 taken"));
}

#[test]
fn who_does_not_fit_in_another_auditorium_is_named() {
    let manager = Manager::new();
    let hall = manager.app.auditorium();
    let tiny = json!({ "name": "Closet", "legend": { ".": "standard" }, "rows": [{ "row": "A", "places": ".." }] });
    let tiny = manager.app.post("/v1/auditoriums").key(manager.app.admin.as_str()).json(tiny).send().created();
    let slot = manager.app.schedule_in(&hall, "Alien", "2020-10-01 20:00");
    manager.app.book(&slot, 4);
    let path = format!("/manage/showings/{}/reseat?place={}", text(&slot, "slotId"), text(&tiny, "auditoriumId"));
    let page = manager.open(&path);
    assert!(page.contains("0 of 1 bookings fit.") && page.contains("John, 9653864514"), "{page}");
    manager.app.schedule_in(&tiny, "Brazil", "2020-10-01 20:00");
    assert!(manager.open(&path).contains("Brazil occupies the auditorium"));
}
