//! The pages of the box office about bookings: finding, moving, canceling, paying back and printing.

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use ticketly_domain::{PaymentId, Rules, Store, Ticketing};
use ticketly_store_contract::bank::Bank;
use ticketly_web::ReportLimits;

use super::body;
use super::box_office::{Till, path};
use crate::http::app::{App, Stage, text, time};

const FIND: &str = "/box-office/find";

/// Returns the page that answers a search.
#[track_caller]
fn found(till: &Till, fields: &[(&str, &str)]) -> String {
    let answer = till.post(FIND, fields);
    assert_eq!((answer.status, answer.the("cache-control")), (200, "no-store"), "{answer}");
    body(&answer)
}

/// Returns the value of the first field of this name on a page.
#[track_caller]
fn field<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) =
        page.split_once(&format!(r#"name="{name}" value=""#)).unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap()
}

/// Returns the tickets of a slot with their codes.
fn codes(app: &App, slot: &Value) -> Vec<String> {
    let code = |ticket: &Value| {
        let path = format!("/v1/tickets/{}/code", text(ticket, "ticketId"));
        text(&app.get(&path).send().ok(), "ticketCode").to_owned()
    };
    app.tickets(slot).iter().map(code).collect()
}

#[test]
fn a_booking_is_found_by_the_name_and_the_number_of_its_person() {
    let till = Till::open();
    let slot = till.showing();
    till.sell(&slot, "A1");
    till.done(&path(&slot), &[("type-child", "2"), ("name", "Ada Lovelace"), ("phone", "555-0123"), ("key", "a")]);
    let page = found(&till, &[("name", " Ada Lovelace "), ("phone", "555 01 23")]);
    assert!(page.contains("1 booking") && page.contains("Chinatown") && page.contains("/box-office/bookings/B"));
    for (name, phone) in [("Ada Lovelace", "5550124"), ("Ada", "5550123")] {
        let page = found(&till, &[("name", name), ("phone", phone)]);
        assert!(page.contains("Nobody of this name and number") && !page.contains("/bookings/B"), "{page}");
    }
    assert!(found(&till, &[("name", "Ada"), ("phone", "x")]).contains("Give a name, and a telephone number"));
}

#[test]
fn a_booking_is_found_by_every_number_of_it() {
    let till = Till::open();
    till.app.schedule("Alien", "2020-10-02 10:00", 20);
    let slot = till.showing();
    let booking = till.sell(&slot, "A1 A2");
    let id = booking.strip_prefix("/box-office/bookings/").unwrap();
    let api = till.app.get(&format!("/v1/bookings/{id}")).send().ok();
    let number = number(&till, &booking);
    assert_eq!(number.len(), 14);
    let ticket = text(&api["tickets"][1], "ticketId");
    for text in [id, ticket, text(&api, "paymentId"), &number, &number.to_lowercase().replace('-', " ")] {
        assert_eq!(till.done(FIND, &[("text", text)]), booking, "{text}");
    }
    // The secret of another one.
    let forged = format!("{}{}", &id[..id.len() - 1], if id.ends_with('0') { "1" } else { "0" });
    for wrong in [forged.as_str(), "x"] {
        assert!(found(&till, &[("text", wrong)]).contains("no booking has this number"), "{wrong}");
    }
    let unknown = found(&till, &[("text", "0000-0000-0000")]);
    assert!(unknown.contains("No booking of a showing that starts until Sunday, 1 November"), "{unknown}");
}

/// Returns the number of a booking as its tickets have it.
fn number(till: &Till, booking: &str) -> String {
    let sold = till.page(&format!("{booking}/sold"));
    sold.split("<dd class=\"digits\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

#[test]
fn a_number_is_looked_for_as_far_as_it_is_said() {
    let limits = ReportLimits { showings: 2, bookings: 9 };
    let till = Till::at(App::on(Stage { pages: true, report_limits: limits, ..Stage::new() }));
    let starts = ["2020-10-01 23:30", "2020-10-20 19:00", "2020-10-25 19:00"];
    let slots = starts.map(|start| till.app.schedule("Alien", start, 9));
    let [late, ahead, far] = [0, 1, 2].map(|index| {
        let form = [("count", "1"), ("key", starts[index])];
        till.done(&path(&slots[index]), &form).strip_suffix("/sold").unwrap().to_owned()
    });
    let [late_number, ahead_number, far_number] = [&late, &ahead, &far].map(|booking| number(&till, booking));
    assert_eq!(till.done(FIND, &[("text", &ahead_number)]), ahead);
    let cut = found(&till, &[("text", &far_number)]);
    assert!(cut.contains("No booking of a showing that starts until Tuesday, 20 October, 19:00 has this"), "{cut}");
    // After midnight a late showing is still on.
    let till = till.later("2020-10-02T01:00:00Z");
    assert_eq!(till.done(FIND, &[("text", &late_number)]), late);
    let till = till.later("2020-10-02T03:00:00Z");
    assert_eq!(till.done(FIND, &[("text", &far_number)]), far, "fewer showings are left");
    assert!(found(&till, &[("text", &late_number)]).contains("No booking of a showing that starts until"));
}

#[test]
fn a_code_says_what_its_ticket_is_worth_now() {
    let till = Till::open();
    let slot = till.showing();
    let booking = till.sell(&slot, "A1 A2");
    let [first, second] = codes(&till.app, &slot).try_into().unwrap();
    let valid = found(&till, &[("text", &first)]);
    assert!(valid.contains("This ticket is valid.") && valid.contains("<strong>A1</strong>"), "{valid}");
    assert!(valid.contains(&format!(r#"href="{booking}""#)));
    let ask = till.page(&format!("{booking}/cancel?some=1&ticket=0"));
    let form = [("some", "1"), ("ticket", "0"), ("refund", field(&ask, "refund")), ("key", "c")];
    till.done(&format!("{booking}/cancel"), &form);
    assert!(found(&till, &[("text", &first)]).contains("Not valid: this ticket is canceled."));
    assert!(found(&till, &[("text", &second.to_lowercase())]).contains("This ticket is valid."));
    let forged = format!("{}AAAAAAAA", &second[..second.len() - 8]);
    assert!(found(&till, &[("text", &forged)]).contains("It may be forged."));
}

#[test]
fn what_is_paid_back_is_said_before_tickets_are_canceled() {
    let till = Till::open();
    let slot = till.showing();
    let booking = till.sell(&slot, "A1 A2 A3 A4");
    let cancel = format!("{booking}/cancel");
    let ask = till.page(&format!("{cancel}?some=1&ticket=1&ticket=3"));
    assert!(ask.contains("€25.00 is paid back at the till.") && ask.contains("Cancel 2 tickets"), "{ask}");
    assert_eq!(till.app.available(&slot), 26, "it is only said");
    assert!(till.page(&format!("{cancel}?some=1")).contains("No ticket is chosen"));
    let form = [("some", "1"), ("ticket", "1"), ("ticket", "3"), ("refund", field(&ask, "refund")), ("key", "d")];
    let done = till.done(&cancel, &form);
    assert_eq!(till.app.available(&slot), 28);
    assert_eq!(till.done(&cancel, &form), done, "a second click");
    assert_eq!(till.app.available(&slot), 28);
    // From an hour before the start on, nothing is paid back: what was said first no longer holds.
    let ask = till.page(&cancel);
    let till = till.later("2020-10-01T18:00:00Z");
    let form = [("some", "1"), ("ticket", "0"), ("ticket", "2"), ("refund", field(&ask, "refund")), ("key", "e")];
    let again = till.refused(409, &cancel, &form);
    assert!(again.contains("Nothing is paid back for them"), "{again}");
    assert_eq!(till.app.available(&slot), 28);
    till.done(&cancel, &[("some", "1"), ("ticket", "0"), ("refund", field(&again, "refund")), ("key", "f")]);
    assert_eq!(till.app.available(&slot), 29);
}

#[test]
fn a_refund_is_paid_at_the_till_once() {
    let till = Till::open();
    let slot = till.showing();
    let booking = till.sell(&slot, "A1 A2");
    let cancel = format!("{booking}/cancel");
    for index in ["1", "0"] {
        let ask = till.page(&format!("{cancel}?some=1&ticket={index}"));
        till.done(&cancel, &[("some", "1"), ("ticket", index), ("refund", field(&ask, "refund")), ("key", index)]);
    }
    let list = till.page("/box-office/refunds");
    assert_eq!(list.matches("I have paid back €12.50").count(), 2, "{list}");
    assert!(list.contains("Chinatown") && list.contains(&format!(r#"href="{booking}""#)));
    let page = till.page(&booking);
    assert_eq!(page.matches("I have paid back €12.50").count(), 2, "{page}");
    let refund = field(&page, "refund").to_owned();
    let id = booking.strip_prefix("/box-office/bookings/").unwrap();
    for _ in 0..2 {
        let done = till.done("/box-office/refunds", &[("refund", &refund), ("booking", id)]);
        assert_eq!(done, booking);
    }
    let page = till.page(&booking);
    assert_eq!((page.matches("I have paid back").count(), page.matches("<p>Paid back</p>").count()), (1, 1), "{page}");
    assert_eq!(till.done("/box-office/refunds", &[("refund", field(&page, "refund"))]), "/box-office/refunds");
    assert!(till.page("/box-office/refunds").contains("Nothing is to be paid back."));
    assert_eq!(till.post("/box-office/refunds", &[("refund", "REF00000000000000000000000000")]).status, 404);
}

#[test]
fn tickets_are_moved_to_another_showing_and_the_old_ones_lead_there() {
    let till = Till::open();
    let slot = till.showing();
    let booking = till.sell(&slot, "A1 A2");
    let list = json!({ "priceListId": slot["priceListId"] });
    let other = till.app.schedule_priced(&list, "Alien", "2020-10-01 20:00");
    let ask = till.page(&format!("{booking}/move?some=1&ticket=1"));
    let link = format!("{booking}/move?some=1&amp;slot={}&amp;ticket=1", text(&other, "slotId"));
    assert!(ask.contains(&link), "{ask}");
    assert!(till.page(&link.replace("&amp;", "&")).contains("Move 1 ticket"));
    let form = [("some", "1"), ("ticket", "1"), ("slot", text(&other, "slotId")), ("key", "m")];
    let moved = till.done(&format!("{booking}/move"), &form);
    assert_eq!(till.done(&format!("{booking}/move"), &form), moved, "a second click");
    assert_eq!((till.app.available(&slot), till.app.available(&other)), (29, 19));
    assert!(till.page(&moved).contains("The old tickets are no longer valid"));
    let old = till.page(&booking);
    let new = moved.split('?').next().unwrap();
    assert!(old.contains("moved") && old.contains(&format!(r#"href="{new}""#)), "{old}");
    assert_eq!(till.done(FIND, &[("text", new.rsplit('/').next().unwrap())]), new);
}

#[test]
fn tickets_are_moved_to_other_seats_of_their_own_showing() {
    let till = Till::open();
    let slot = till.showing();
    let booking = till.sell(&slot, "A1 A2");
    let move_path = format!("{booking}/move");
    let page = till.page(&format!("{move_path}?slot={}", text(&slot, "slotId")));
    assert!(page.contains("yours now"), "their own seats can be chosen: {page}");
    let fields = [("slot", text(&slot, "slotId")), ("some", "1"), ("ticket", "0"), ("ticket", "1"), ("key", "n")];
    assert!(till.refused(409, &move_path, &fields).contains(r#"role="alert""#), "no seats are named");
    let one: Vec<_> = fields.into_iter().chain([("seat", "A3")]).collect();
    assert!(till.refused(422, &move_path, &one).contains("Choose one seat for each ticket."));
    let none = [("slot", text(&slot, "slotId")), ("some", "1"), ("seat", "A3")];
    assert!(till.refused(422, &move_path, &none).contains("No ticket is chosen"));
    let two: Vec<_> = fields.into_iter().chain([("seat", "A2"), ("seat", "A3"), ("single", "1")]).collect();
    let moved = till.done(&move_path, &two);
    let page = till.page(&moved);
    assert!(page.contains("<strong>A2</strong>") && page.contains("<strong>A3</strong>"), "{page}");
    assert_eq!(till.app.available(&slot), 28);
}

#[test]
fn a_move_gives_the_places_for_wheelchairs_that_are_asked_for() {
    let till = Till::open();
    let [slot, other] =
        ["2020-10-01 19:00", "2020-10-01 20:00"].map(|start| super::seated(&till.app, "Chinatown", start));
    let booking = till.sell(&slot, "A1 A2");
    let page = till.page(&format!("{booking}/move?some=1&ticket=0&slot={}", text(&other, "slotId")));
    assert!(page.contains(r#"name="wheelchairs" value="""#), "{page}");
    // Nothing else is wished.
    let form = [("slot", text(&other, "slotId")), ("some", "1"), ("ticket", "0"), ("key", "w"), ("wheelchairs", "1")];
    let moved = till.page(&till.done(&format!("{booking}/move"), &form));
    assert!(moved.contains("<strong>C2</strong>"), "{moved}");
}

#[test]
fn tickets_are_printed_again_as_customers_have_them() {
    let till = Till::open();
    let slot = till.showing();
    let booking = till.sell(&slot, "A1 A2");
    let page = till.page(&format!("{booking}/tickets"));
    assert_eq!((page.matches(r#"class="ticket""#).count(), page.matches("<svg").count()), (2, 2), "{page}");
    assert!(page.contains("/assets/print-"));
}

#[test]
fn an_unpaid_payment_is_taken_at_the_till() {
    let bank = Arc::new(Bank::default());
    let stage = Stage { pages: true, provider: Some(bank.clone()), ..Stage::new() };
    let store = Arc::clone(&stage.store);
    let till = Till::at(App::on(stage));
    let slot = till.showing();
    let [kept, captured] = ["Ada", "Grace"].map(|name| online(&till, &bank, &slot, name));
    bank.lapse(kept);
    bank.lapse(captured);
    // The seats are sold; what was reserved has lapsed by the start, so nothing can be captured.
    settle(store, &bank, "2020-10-01T19:00:00Z");
    let list = till.page("/box-office/unpaid");
    assert!(list.contains("Ada") && list.contains("Grace") && list.contains("€12.50"), "{list}");
    let id = kept.to_string();
    let form = [("payment", id.as_str()), ("method", "cash"), ("reference", "Receipt 12")];
    let done = till.done("/box-office/unpaid", &form);
    let page = till.page(&done);
    assert!(page.contains("Take €12.50 now.") && !page.contains("Ada") && page.contains("Grace"), "{page}");
    assert_eq!(till.done("/box-office/unpaid", &form), done, "a second click");
    assert_eq!(till.post("/box-office/unpaid", &[("payment", &id), ("method", "terminal")]).status, 409);
    let booking = till.done(FIND, &[("text", &id)]);
    let page = till.page(&booking);
    assert!(page.contains("Cash, paid") && page.contains("Receipt 12"), "{page}");
}

/// Holds a seat and pays for it online.
fn online(till: &Till, bank: &Bank, slot: &Value, name: &str) -> PaymentId {
    let wish = json!({ "slotId": slot["slotId"], "numTickets": 1, "ticketTypes": ["adult"], "zone": "standard" });
    let held = till.app.post("/v1/holds").json(wish).send().created();
    let person = json!({ "userName": name, "userPhoneNumber": "5550123", "returnUrl": "https://cinema.example/paid" });
    let started = till.app.post(&format!("/v1/holds/{}/payment", text(&held, "holdId"))).json(person).send().created();
    let id = text(&started, "paymentId").parse().unwrap();
    bank.pay(id);
    let notified = till.app.post("/v1/payments/notifications").header("webhook-id", name);
    let notified = notified.header("webhook-timestamp", "1604257200").header("webhook-signature", "the bank");
    notified.header("content-type", "application/json").body(format!("authorised {id} 1250")).send().ok();
    id
}

/// Works off the payments that are due at a time.
fn settle(store: Arc<dyn Store>, bank: &Arc<Bank>, at: &str) {
    let (bank, at) = (Arc::clone(bank), time(at));
    actix_web::rt::System::new().block_on(async move {
        let rng = &mut StdRng::seed_from_u64(9);
        let ticketing = Ticketing::open(store, Rules::default(), rng).await.unwrap().paid_through(bank);
        for payment in ticketing.money_due(at, 9).await.unwrap().0 {
            ticketing.settle_payment(&payment, at, rng).await.unwrap();
        }
    });
}
