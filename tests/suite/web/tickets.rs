//! The tickets of a booking, as a page to keep.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use qrcodegen::{QrCode, QrCodeEcc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use ticketly_domain::{Rules, Store, Ticketing};
use ticketly_store_contract::bank::Bank;

use super::{BROWSER, app, body, opened, seated};
use crate::http::app::{App, Stage, path_of, text, time};

/// The box office sells these seats to Ada.
pub fn sold(app: &App, slot: &Value, seats: &[&str], types: &[&str]) -> Value {
    let order = json!({ "userName": "Ada <Lovelace>", "userPhoneNumber": "+44 20 7946 0123", "slotId": slot["slotId"],
        "seats": seats, "ticketTypes": types, "paymentMethod": "cash" });
    app.post("/v1/bookings").key(app.box_office.as_str()).json(order).send().created()
}

/// Returns the path of a page of a booking.
pub fn page_of(booking: &Value, rest: &str) -> String {
    format!("/bookings/{}{rest}", text(booking, "bookingId"))
}

fn show(app: &App, booking: &Value) -> String {
    opened(&app.get(&page_of(booking, "")))
}

/// Returns the modules of each QR code of a page, without their light edge.
fn codes(page: &str) -> Vec<BTreeSet<(i32, i32)>> {
    let paths = page.split(r#"<path d=""#).skip(1).map(|rest| rest.split('"').next().unwrap());
    let run = |run: &str| -> Vec<(i32, i32)> {
        let numbers: Vec<i32> = run.split([' ', 'h', 'v', '-', 'z']).filter_map(|part| part.parse().ok()).collect();
        let [x, y, length, 1, back] = numbers[..] else { panic!("{run}") };
        assert_eq!(length, back);
        (x - 4..x - 4 + length).map(|x| (x, y - 4)).collect()
    };
    paths.map(|path| path.split('M').skip(1).flat_map(run).collect()).collect()
}

/// Returns the modules of the code that the interface tells.
fn expected(app: &App, ticket: &Value) -> BTreeSet<(i32, i32)> {
    let code = app.get(&format!("{}/code", path_of(ticket))).send().ok();
    let code = QrCode::encode_text(text(&code, "ticketCode"), QrCodeEcc::Medium).unwrap();
    let modules = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    modules.filter(|(x, y)| code.get_module(*x, *y)).collect()
}

#[test]
fn each_ticket_has_its_seat_its_price_and_its_code() {
    let app = app();
    let slot = seated(&app, "Chinatown", "2020-10-01 19:00");
    let booking = sold(&app, &slot, &["B9", "B10"], &["adult", "adult"]);
    let page = show(&app, &booking);
    for (text, times) in [
        ("<h2>Chinatown</h2>", 2),
        ("Thursday, 1 October 2020, <strong>19:00</strong>", 2),
        ("<dt>Auditorium</dt><dd>Hall 1</dd>", 2),
        ("<dt>Row</dt><dd>B</dd></div><div><dt>Seat</dt><dd>10</dd>", 1),
        ("<dd>lounge</dd>", 2),
        ("<dt>adult</dt><dd>€16.90</dd>", 2),
        ("Ada &lt;Lovelace&gt;", 2),
        ("<dd>€33.80</dd>", 1),
        ("Total, paid in cash", 1),
        ("aria-label=\"Code of the ticket: Row B, seat 10\"", 1),
    ] {
        assert_eq!(page.matches(text).count(), times, "{text} in {page}");
    }
    let tickets = booking["tickets"].as_array().unwrap();
    assert_eq!(codes(&page), tickets.iter().map(|ticket| expected(&app, ticket)).collect::<Vec<_>>());
    let number = &text(&booking, "bookingId")[14..26];
    assert!(page.contains(&format!("{}-{}-{}", &number[..4], &number[4..8], &number[8..])), "for the box office");
}

#[test]
fn neither_the_page_nor_its_headers_tell_more_than_they_must() {
    let app = app();
    let slot = seated(&app, "Chinatown", "2020-10-01 19:00");
    let booking = sold(&app, &slot, &["A1", "A2"], &["adult", "child"]);
    let answer = app.get(&page_of(&booking, "")).send();
    let headers = ["cache-control", "x-robots-tag", "referrer-policy"].map(|name| answer.the(name).to_owned());
    assert_eq!(headers, ["no-store", "noindex", "no-referrer"]);
    let page = body(&answer);
    assert!(!page.contains("TKT") && !page.contains("0123"), "neither identifiers of tickets nor the telephone number");
    let head = app.call("HEAD", &page_of(&booking, "")).send();
    assert_eq!((head.status, head.the("x-robots-tag"), head.body.len()), (200, "noindex", 0));
}

#[test]
fn canceled_tickets_have_no_code_and_say_what_comes_back() {
    let app = app();
    let slot = seated(&app, "Chinatown", "2020-10-01 19:00");
    let booking = sold(&app, &slot, &["A1", "A2", "A3"], &["adult", "child", "adult"]);
    app.post(&format!("{}/cancel", path_of(&booking["tickets"][1]))).send().ok();
    let page = show(&app, &booking);
    assert_eq!(codes(&page), [0, 2].map(|index| expected(&app, &booking["tickets"][index])), "the valid ones");
    assert!(
        page.contains("One ticket is canceled.") && page.contains("You get €7.90 back at the box office."),
        "{page}"
    );
    assert!(page.contains("Of it paid back</dt><dd>€7.90"));
    assert!(page.rfind("Not valid: canceled") > page.rfind("<svg"), "after those that are valid");
    app.set_clock("2020-10-01T18:30:00Z");
    app.post(&format!("{}/cancel", path_of(&booking["tickets"][0]))).send().ok();
    app.post(&format!("{}/cancel", path_of(&booking["tickets"][2]))).send().ok();
    let page = show(&app, &booking);
    assert!(
        page.contains("3 tickets are canceled.") && page.contains("€7.90 back"),
        "nothing an hour before the start"
    );
    assert!(
        codes(&page).is_empty() && !page.contains("/cancel\"") && !page.contains("calendar"),
        "nothing is left to do"
    );
}

#[test]
fn a_moved_booking_leads_to_the_new_one() {
    let app = app();
    let hall = app.auditorium();
    let [early, late] = ["2020-11-01 12:00", "2020-11-01 20:00"].map(|start| app.schedule_in(&hall, "Skyfall", start));
    let booking = app.book(&early, 2);
    let to = json!({ "slotId": late["slotId"], "seats": ["A1", "A2"] });
    let moved = app.post(&format!("/v1{}", page_of(&booking, "/move"))).json(to).send().created();
    let page = show(&app, &booking);
    assert!(
        page.contains("Tickets were moved to:") && page.contains("Skyfall, Sunday, 1 November 2020, 20:00, Hall 1")
    );
    assert!(page.contains("Row A, seats 1, 2") && codes(&page).is_empty());
    assert!(page.contains(&format!("href=\"{}\"", page_of(&moved["newBooking"], ""))));
    let page = show(&app, &moved["newBooking"]);
    assert!(page.contains("These tickets replace earlier ones") && codes(&page).len() == 2);
}

#[test]
fn a_showing_that_is_canceled_is_paid_back() {
    let app = app();
    let slot = seated(&app, "Chinatown", "2020-10-01 19:00");
    let booking = sold(&app, &slot, &["A1", "A2"], &["adult", "child"]);
    app.post(&format!("/v1/slots/{}/cancel", text(&slot, "slotId"))).key(app.admin.as_str()).send().ok();
    // The job of the cancellation may not have come to it yet, which makes no difference to the reader.
    let page = show(&app, &booking);
    assert!(page.contains("This showing does not take place.") && page.contains("You get €20.40 back"), "{page}");
    assert!(codes(&page).is_empty() && !page.contains("<strong>2 tickets are canceled"));
}

#[test]
fn a_showing_that_moves_to_another_auditorium_tells_the_new_seats() {
    let app = app();
    let slot = app.schedule_in(&app.auditorium(), "Faust", "2020-11-03 20:00");
    let booking = app.book(&slot, 2);
    let to = json!({ "auditoriumId": app.auditorium()["auditoriumId"] });
    app.post(&format!("/v1/slots/{}/reseat", text(&slot, "slotId"))).key(app.admin.as_str()).json(to).send().ok();
    let begun = Instant::now();
    let page = loop {
        let page = show(&app, &booking);
        assert!(codes(&page).is_empty(), "the old seats are not valid any more");
        if page.contains("We had to move this showing to another auditorium.") {
            break page;
        }
        assert!(page.contains("We are finding seats for you") && begun.elapsed() < Duration::from_mins(1), "{page}");
        thread::sleep(Duration::from_millis(20));
    };
    let path = page.split('"').find(|part| part.starts_with("/bookings/B") && *part != page_of(&booking, "")).unwrap();
    let new = app.get(&format!("/v1{path}")).send().ok();
    let [one, other] = [0, 1].map(|index| &new["tickets"][index]);
    let seats = format!("Row {}, seats {}, {}", text(one, "row"), one["number"], other["number"]);
    assert!(page.contains(&seats), "{seats} in {page}");
}

#[test]
fn a_hold_leads_to_its_page_and_what_is_unknown_to_none() {
    let app = app();
    let slot = app.schedule("Skyfall", "2020-11-01 20:00", 5);
    let held = app.post("/v1/holds").json(json!({ "slotId": slot["slotId"], "numTickets": 1 })).send().created();
    let id = text(&held, "holdId");
    let answer = app.get(&format!("/bookings/{id}")).send();
    assert_eq!((answer.status, answer.the("location")), (303, format!("/holds/{id}").as_str()));
    let booking = app.book(&slot, 1);
    let right = page_of(&booking, "");
    let wrong = format!("{}{}", &right[..right.len() - 1], if right.ends_with('0') { "1" } else { "0" });
    for path in ["/bookings/x", "/bookings/B0000000000000000000000000000000000000000", &wrong] {
        let answer = app.get(path).header("Accept", BROWSER).send();
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.mentions("There is no such booking"), "{path}");
    }
}

#[test]
fn without_a_signer_there_are_tickets_without_codes() {
    let app = App::on(Stage { pages: true, signer: None, ..Stage::new() });
    let booking = app.book(&app.schedule("Skyfall", "2020-11-01 20:00", 5), 2);
    let page = show(&app, &booking);
    assert_eq!((page.matches("<h2>Skyfall</h2>").count(), page.contains("<svg")), (2, false));
    assert!(page.contains("choose freely") && !page.contains("Total"), "{page}");
}

#[test]
fn what_is_late_is_for_the_box_office() {
    let app = app();
    let slot = seated(&app, "Chinatown", "2020-10-01 19:00");
    let booking = sold(&app, &slot, &["A1"], &["adult"]);
    let can_change = |page: &str| page.contains("/cancel\"") && page.contains("/move\"");
    app.set_clock("2020-10-01T18:59:59Z");
    let page = show(&app, &booking);
    assert!(can_change(&page) && page.contains("Keep the address of this page"), "{page}");
    app.set_clock("2020-10-01T19:00:00Z");
    let page = show(&app, &booking);
    assert!(!can_change(&page) && page.contains("The box office helps you.") && codes(&page).len() == 1, "{page}");
    app.set_clock("2020-10-02T12:00:00Z");
    app.post("/v1/expirations").key(app.scheduler.as_str()).send().ok();
    let page = show(&app, &booking);
    assert!(page.contains("Not valid: the showing is over") && codes(&page).is_empty(), "{page}");
}

#[test]
fn the_tickets_are_in_the_language_of_the_reader() {
    let app = app();
    let slot = seated(&app, "Chinatown", "2020-10-01 19:00");
    let booking = sold(&app, &slot, &["A1"], &["adult"]);
    let page = opened(&app.get(&page_of(&booking, "")).header("Accept-Language", "de"));
    for text in
        ["Ihre Karten", "Donnerstag, 1. Oktober 2020", "<dt>Reihe</dt><dd>A</dd>", "12,50\u{a0}€", "Karten stornieren"]
    {
        assert!(page.contains(text), "{text} in {page}");
    }
}

/// Pays two tickets at a bank that does not capture the money in time. Returns the booking.
fn paid_online(app: &App, bank: &Bank) -> Value {
    let slot = app.schedule_priced(&app.price_list(), "Metropolis", "2020-10-01 20:00");
    let wish = json!({ "slotId": slot["slotId"], "numTickets": 2, "ticketTypes": ["adult", "child"] });
    let held = app.post("/v1/holds").json(wish).send().created();
    let person = json!({ "userName": "Ada", "userPhoneNumber": "5550123", "returnUrl": "https://cinema.example/" });
    let pay = app.post(&format!("/v1/holds/{}/payment", text(&held, "holdId"))).json(person).send();
    let id = text(&pay.created(), "paymentId").to_owned();
    bank.pay(id.parse().unwrap());
    let post = app.post("/v1/payments/notifications").header("webhook-id", "msg_7").header("webhook-timestamp", "1");
    let post = post.header("webhook-signature", "the bank").header("content-type", "application/json");
    post.body(format!("authorised {id} 2040")).send().ok();
    bank.lapse(id.parse().unwrap());
    json!({ "bookingId": held["holdId"] })
}

/// Works off what is due at a time.
fn work(store: Arc<dyn Store>, bank: Arc<Bank>, at: &str) {
    let at = time(at);
    actix_web::rt::System::new().block_on(async move {
        let rng = &mut StdRng::seed_from_u64(9);
        let ticketing = Ticketing::open(store, Rules::default(), rng).await.unwrap().paid_through(bank);
        for payment in ticketing.money_due(at, 9).await.unwrap().0 {
            ticketing.settle_payment(&payment, at, rng).await.unwrap();
        }
    });
}

#[test]
fn what_was_paid_online_comes_back_online() {
    let bank = Arc::new(Bank::default());
    let app = App::on(Stage { provider: Some(bank.clone()), pages: true, ..Stage::new() });
    let booking = paid_online(&app, &bank);
    let page = show(&app, &booking);
    assert!(page.contains("Total, paid online") && !page.contains("box office"), "{page}");
    app.post(&format!("/v1{}", page_of(&booking, "/cancel"))).send().ok();
    assert!(show(&app, &booking).contains("€20.40 comes back to the account from which you paid."));
}

#[test]
fn what_could_not_be_collected_is_asked_for() {
    let bank = Arc::new(Bank::default());
    let stage = Stage { provider: Some(bank.clone()), pages: true, ..Stage::new() };
    let store = stage.store.clone();
    let app = App::on(stage);
    let booking = paid_online(&app, &bank);
    work(store, bank, "2020-10-01T20:00:00Z");
    let page = show(&app, &booking);
    assert!(page.contains("Please pay €20.40 at the box office before the showing.") && !page.contains("paid online"));
    assert_eq!(codes(&page).len(), 2, "the tickets are valid");
}
