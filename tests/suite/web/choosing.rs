//! Choosing tickets of a showing, and what else there is when they are refused.

use serde_json::json;
use ticketly_domain::Rules;

use super::shop::{Shop, field, key, offer, path};
use super::{BROWSER, app, body, opened, seat};
use crate::http::app::{App, Stage, text};

const TWO: [(&str, &str); 2] = [("seat", "A1"), ("seat", "A2")];

#[test]
fn seats_are_boxes_of_a_form_with_names_for_those_who_hear_them() {
    let shop = Shop::open();
    shop.held_by_others(&["A1", "A2"]);
    let page = opened(&shop.app.get(&shop.path()));
    assert_eq!(page.matches("<fieldset data-row=").count(), 3);
    assert!(seat(&page, "A3").ends_with(r#"aria-label="A3, standard, from €7.90""#), "{}", seat(&page, "A3"));
    assert!(seat(&page, "B6").contains(r#"class="z1" aria-label="B6, lounge, from €7.90""#));
    assert!(seat(&page, "C2").contains(r#"class="w" aria-label="C2, place for a wheelchair, standard"#));
    let held = seat(&page, "A1");
    assert!(
        held.contains(r#"class="h" disabled aria-label="A1, standard, from €7.90, held by someone else""#),
        "{held}"
    );
    assert!(page.contains("28</span> of 30 seats are free."), "{page}");
}

#[test]
fn a_hall_of_300_seats_is_light() {
    let shop = Shop::open();
    let rows: Vec<_> =
        ('A'..='O').map(|row| json!({ "row": row.to_string(), "places": "....._.........._....." })).collect();
    let hall = json!({ "name": "Large", "legend": { ".": "standard", "L": "lounge" }, "rows": rows });
    let hall = shop.app.post("/v1/auditoriums").key(shop.app.admin.as_str()).json(hall).send().created();
    let slot = shop.app.schedule_in(&hall, "Vertigo", "2020-10-01 20:00");
    let page = opened(&shop.app.get(&path(&slot)));
    assert_eq!(page.matches("name=\"seat\"").count(), 300);
    let assets = page.split('"').filter(|part| part.starts_with("/assets/"));
    let bytes = page.len() + assets.map(|path| shop.app.get(path).send().body.len()).sum::<usize>();
    assert!(bytes < 60_000, "{bytes} bytes");
}

#[test]
fn chosen_seats_are_held_and_shown_with_their_prices() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = browser.hold(&shop.path(), &[&TWO[..], &[("type-adult", "1"), ("type-child", "1")]].concat());
    let page = browser.get(&hold);
    for text in ["Chinatown", "Row A, seat 1", "Row A, seat 2", "adult", "child", "€12.50", "€7.90", "€20.40", "€1.34"]
    {
        assert!(page.contains(text), "{text}");
    }
    assert!(page.contains("Held for you until") && page.contains("00:10"));
    assert_eq!(shop.app.available(&shop.slot), 28);
}

#[test]
fn a_seat_without_a_ticket_gets_one_of_the_first_type() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = browser.hold(&shop.path(), &[&TWO[..], &[("type-child", "1"), ("type-adult", "0")]].concat());
    assert!(browser.get(&hold).contains("€20.40"), "an adult and a child");
}

#[test]
fn more_tickets_than_seats_are_told_and_the_choice_is_kept() {
    let shop = Shop::open();
    let answer = shop.browser().send(&shop.path(), &[&TWO[..], &[("type-adult", "3")]].concat());
    assert_eq!(answer.status, 422, "{answer}");
    let page = body(&answer);
    assert!(page.contains("You have chosen more tickets (3) than seats (2)."));
    assert!(seat(&page, "A1").contains(" checked") && !seat(&page, "A5").contains(" checked"));
    assert!(page.contains(r#"name="type-adult" value="3""#));
    assert_eq!(shop.app.available(&shop.slot), 30);
}

#[test]
fn who_chooses_nothing_is_asked_to() {
    let shop = Shop::open();
    let answer = shop.browser().send(&shop.path(), &[("type-adult", "0")]);
    assert_eq!((answer.status, answer.mentions("neither seats nor a number of tickets")), (422, true));
}

#[test]
fn the_best_seats_are_held_for_a_number_of_tickets() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let best = [("best", "1"), ("type-adult", "2"), ("zone", "lounge")];
    let hold = browser.hold(&shop.path(), &[&best[..], &[("seat", "A1")]].concat());
    let page = browser.get(&hold);
    assert_eq!(page.matches("Row B, seat").count(), 2, "{page}");
    assert!(page.contains("€33.80") && !page.contains("Row A"));
}

#[test]
fn without_seats_on_the_plan_a_number_of_tickets_asks_for_the_best() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let hold = browser.hold(&shop.path(), &[("type-child", "3")]);
    assert_eq!(browser.get(&hold).matches("child").count(), 3);
}

#[test]
fn a_form_that_is_sent_twice_holds_once_and_a_changed_one_anew() {
    let shop = Shop::open();
    let page = opened(&shop.app.get(&shop.path()));
    let send = |seat| {
        let fields = [("key", key(&page)), ("seat", seat), ("type-adult", "1")];
        shop.app.post(&shop.path()).form(&fields).send().the("location").to_owned()
    };
    assert_eq!(send("A1"), send("A1"));
    assert_eq!(shop.app.available(&shop.slot), 29);
    assert_ne!(send("B1"), send("A1"));
    assert_eq!(shop.app.available(&shop.slot), 28);
}

#[test]
fn of_two_who_choose_the_same_seats_at_once_one_gets_them() {
    let shop = Shop::open();
    let path = shop.path();
    for round in ["A", "B"] {
        let seats = [format!("{round}1"), format!("{round}2")];
        let send = || {
            let page = opened(&shop.app.get(&path));
            let fields = [("key", key(&page)), ("seat", seats[0].as_str()), ("seat", seats[1].as_str())];
            shop.app.post(&path).header("Accept", BROWSER).form(&fields).send()
        };
        let answers = std::thread::scope(|scope| {
            let racers = [(); 4].map(|()| scope.spawn(send));
            racers.map(|racer| racer.join().unwrap())
        });
        let mut statuses = answers.each_ref().map(|answer| answer.status);
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409, 409, 409]);
        let told = format!("The seats {}, {} are taken already.", seats[0], seats[1]);
        for lost in answers.iter().filter(|answer| answer.status == 409) {
            assert!(lost.mentions(&told), "{lost}");
        }
    }
    assert_eq!(shop.app.available(&shop.slot), 26);
}

#[test]
fn who_comes_too_late_is_offered_the_nearest_seats() {
    let shop = Shop::open();
    let (mut one, mut other) = (shop.browser(), shop.browser());
    let (first, second) = (one.get(&shop.path()), other.get(&shop.path()));
    one.go(&shop.path(), &[&TWO[..], &[("key", key(&first))]].concat());
    let refused = other.post(&shop.path(), &[&TWO[..], &[("key", key(&second)), ("type-child", "2")]].concat());
    assert_eq!(refused.status, 409, "{refused}");
    let page = body(&refused);
    assert!(page.contains("The seats A1, A2 are taken already."));
    let lost = seat(&page, "A1");
    assert!(lost.contains("lost") && lost.contains("disabled") && lost.contains("taken meanwhile"), "{lost}");
    let hold = other.go(&shop.path(), &offer(&page, "Take A3, A4 instead"));
    let page = other.get(&hold);
    assert!(page.contains("Row A, seat 3") && page.contains("€15.80"), "the types are kept: {page}");
}

#[test]
fn a_choice_that_would_leave_a_single_seat_is_offered_others() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let refused = browser.send(&shop.path(), &[("seat", "A2"), ("seat", "A3")]);
    let page = body(&refused);
    assert_eq!(refused.status, 409);
    assert!(page.contains("Seat A1 would be left alone between others."), "{page}");
    let hold = browser.go(&shop.path(), &offer(&page, "Take A1, A2 instead"));
    assert!(browser.get(&hold).contains("Row A, seat 2"));
}

#[test]
fn places_for_wheelchairs_are_for_those_who_say_that_they_come_in_one() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let refused = browser.send(&shop.path(), &[("seat", "C2"), ("seat", "C4")]);
    let page = body(&refused);
    assert!(refused.status == 409 && page.contains("The seats C2, C4 are for people in wheelchairs"), "{page}");
    let best = shop.browser().go(&shop.path(), &offer(&page, "Take the best seats instead"));
    assert_eq!(browser.get(&best).matches("adult").count(), 2, "as many");
    let hold = browser.go(&shop.path(), &offer(&page, "One of us comes in a wheelchair"));
    assert!(browser.get(&hold).contains("Row C, seat 2"));
}

#[test]
fn seats_that_are_not_beside_each_other_are_offered_apart() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    let refused = browser.send(&shop.path(), &[("best", "1"), ("type-adult", "7")]);
    let page = body(&refused);
    assert!(refused.status == 409 && page.contains("not so many beside each other"), "{page}");
    let hold = browser.go(&shop.path(), &offer(&page, "Sit apart"));
    assert_eq!(browser.get(&hold).matches("Row ").count(), 7);
}

#[test]
fn a_zone_that_is_sold_out_leads_to_the_whole_auditorium() {
    let shop = Shop::open();
    shop.held_by_others(&["B6", "B7", "B8", "B9", "B10"]);
    let mut browser = shop.browser();
    let refused = browser.send(&shop.path(), &[("best", "1"), ("type-adult", "2"), ("zone", "lounge")]);
    let page = body(&refused);
    assert!(page.contains("All seats are taken.") && page.contains("free again at 00:10"), "{page}");
    let hold = browser.go(&shop.path(), &offer(&page, "Look in the whole auditorium"));
    assert_eq!(browser.get(&hold).matches("Row ").count(), 2);
}

#[test]
fn a_code_takes_its_discount_and_a_wrong_one_is_left_out() {
    let shop = Shop::open();
    let promotion = json!({ "promotionCode": "SPRING", "percent": 10 });
    shop.app.post("/v1/promotions").key(shop.app.admin.as_str()).json(promotion).send().created();
    let mut browser = shop.browser();
    let hold = browser.hold(&shop.path(), &[&TWO[..], &[("code", " spring ")]].concat());
    let page = browser.get(&hold);
    assert!(page.contains("Discount SPRING") && page.contains("−€2.50") && page.contains("€22.50"), "{page}");
    let mut other = shop.browser();
    for (wrong, status, text) in [("SUMMER", 404, "This code is not valid"), ("?", 422, "A code has 3 to 40 letters")] {
        let refused = other.send(&shop.path(), &[("seat", "B1"), ("seat", "B2"), ("code", wrong)]);
        assert_eq!(refused.status, status, "{refused}");
        let page = body(&refused);
        assert!(page.contains(text) && page.contains(&format!(r#"name="code" value="{wrong}""#)), "{page}");
        assert!(seat(&page, "B1").contains(" checked"));
    }
    let refused = other.send(&shop.path(), &[("seat", "B1"), ("seat", "B2"), ("code", "SUMMER")]);
    let page = body(&refused);
    let hold = other.go(&shop.path(), &offer(&page, "Go on without the code"));
    assert!(other.get(&hold).contains("€25.00"));
}

#[test]
fn too_many_seats_are_refused_by_the_server_too() {
    let shop = Shop::open();
    let labels: Vec<_> = (1..=10).map(|number| format!("A{number}")).chain(["B1".to_owned()]).collect();
    let seats: Vec<_> = labels.iter().map(|label| ("seat", label.as_str())).collect();
    let refused = shop.browser().send(&shop.path(), &seats);
    assert_eq!((refused.status, refused.mentions("online 10")), (422, true), "{refused}");
}

#[test]
fn a_seat_that_the_hall_does_not_have_is_refused() {
    let shop = Shop::open();
    let refused = shop.browser().send(&shop.path(), &[("seat", "Z9")]);
    assert_eq!((refused.status, refused.mentions("The auditorium has no seat Z9.")), (422, true));
}

#[test]
fn without_numbered_seats_there_is_only_a_number() {
    let shop = Shop::open();
    let slot = shop.app.schedule("Dune", "2020-10-01 20:00", 3);
    let mut browser = shop.browser();
    let page = browser.get(&path(&slot));
    assert!(page.contains(r#"name="count" value="1""#) && !page.contains("name=\"seat\""));
    assert!(!page.contains("shows the price"), "it is free");
    let refused = browser.send(&path(&slot), &[("count", "4")]);
    let page = body(&refused);
    assert!(refused.status == 409 && page.contains("Only 3 seats are left."), "{page}");
    let hold = browser.go(&path(&slot), &offer(&page, "Take 3 tickets instead"));
    assert_eq!(browser.get(&hold).matches("Ticket ").count(), 3);
    assert_eq!(shop.app.available(&slot), 0);
}

#[test]
fn a_sold_out_showing_says_when_held_seats_may_be_free() {
    let shop = Shop::open();
    let hall = json!({ "name": "Tiny", "legend": { ".": "standard" }, "rows": [{ "row": "A", "places": ".." }] });
    let hall = shop.app.post("/v1/auditoriums").key(shop.app.admin.as_str()).json(hall).send().created();
    let slot = shop.app.schedule_in(&hall, "Vertigo", "2020-10-01 20:00");
    shop.browser().hold(&path(&slot), &[("seat", "A1"), ("seat", "A2")]);
    let page = opened(&shop.app.get(&path(&slot)));
    assert!(page.contains("All seats are taken.") && page.contains("free again at 00:10") && !page.contains("<form"));
}

#[test]
fn what_is_not_sold_says_why() {
    let shop = Shop::open();
    let (app, admin) = (&shop.app, shop.app.admin.as_str());
    let sale = |change: &str| {
        let path = format!("/v1/slots/{}/{change}", text(&shop.slot, "slotId"));
        app.post(&path).key(admin).send().ok();
    };
    let says = |reason: &str| {
        let page = opened(&app.get(&shop.path()));
        assert!(page.contains(reason) && !page.contains("<form"), "{page}");
        let refused = shop.browser().post(&shop.path(), &[("seat", "A1"), ("seat", "A2")]);
        assert_eq!(refused.status, 409);
        assert!(refused.mentions(reason), "{refused}");
    };
    sale("close");
    says("The cinema does not sell this showing at present.");
    sale("reopen");
    app.set_clock("2020-10-01T19:15:00Z");
    says("This showing is no longer sold online.");
    app.set_clock("2020-10-01T22:30:00Z");
    says("This showing is over.");
}

#[test]
fn a_canceled_showing_is_told_as_one() {
    let shop = Shop::open();
    let path = format!("/v1/slots/{}/cancel", text(&shop.slot, "slotId"));
    let canceled = shop.app.post(&path).key(shop.app.admin.as_str()).json(json!({})).send();
    assert!(canceled.status < 300, "{canceled}");
    let page = opened(&shop.app.get(&shop.path()));
    assert!(page.contains("This showing is canceled, and its tickets are paid back."), "{page}");
}

#[test]
fn a_moved_showing_leads_to_the_other_auditorium() {
    let shop = Shop::open();
    let hall = shop.app.auditorium();
    let path = format!("/v1/slots/{}/reseat", text(&shop.slot, "slotId"));
    let moved =
        shop.app.post(&path).key(shop.app.admin.as_str()).json(json!({ "auditoriumId": hall["auditoriumId"] })).send();
    assert!(moved.status < 300, "{moved}");
    let target = text(&moved.json(), "newSlotId").to_owned();
    let page = opened(&shop.app.get(&shop.path()));
    assert!(page.contains("moved to another auditorium") && page.contains(&format!("/showings/{target}")), "{page}");
}

#[test]
fn without_a_payment_provider_only_what_is_free_is_sold_here() {
    let app = app();
    let slot = super::seated(&app, "Chinatown", "2020-10-01 19:00");
    let page = opened(&app.get(&path(&slot)));
    assert!(page.contains("This cinema takes no payments online. Buy the tickets at the box office."));
    assert!(page.contains("€16.90") && !page.contains("<form"), "the prices are shown");
    let refused = app.post(&path(&slot)).form(&TWO).send();
    assert_eq!((refused.status, refused.mentions("at the box office")), (409, true));
    assert_eq!(app.available(&slot), 30);
    let free = app.schedule("Dune", "2020-10-01 20:00", 3);
    assert!(opened(&app.get(&path(&free))).contains("<form"));
}

#[test]
fn a_cinema_whose_box_office_alone_books_says_so() {
    let rules = Rules { public_bookings: false, ..Rules::default() };
    let app = App::on(Stage { pages: true, rules, ..Stage::new() });
    let slot = app.schedule("Dune", "2020-10-01 20:00", 3);
    let page = opened(&app.get(&path(&slot)));
    assert!(page.contains("Tickets of this showing are sold at the box office only.") && !page.contains("<form"));
}

#[test]
fn an_address_that_holds_too_often_keeps_its_choice() {
    let shop = Shop::on(Stage { holds_per_minute: 1, ..Stage::with_rate(1000, 0) });
    shop.browser().hold(&shop.path(), &TWO);
    let refused = shop.browser().send(&shop.path(), &[("seat", "B1"), ("seat", "B2")]);
    assert_eq!(refused.status, 429);
    let page = body(&refused);
    assert!(page.contains("too many requests from your address") && seat(&page, "B1").contains(" checked"), "{page}");
}

#[test]
fn the_page_of_a_showing_speaks_german() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    browser.language = "de";
    let page = browser.get(&shop.path());
    assert!(seat(&page, "C2").contains("Rollstuhlplatz, standard, ab 7,90\u{a0}€"), "{}", seat(&page, "C2"));
    let refused = browser.post(&shop.path(), &[("key", field(&page, "key")), ("seat", "A2"), ("seat", "A3")]);
    assert!(refused.mentions("Platz A1 bliebe allein zwischen anderen frei."), "{refused}");
    assert!(refused.mentions("Stattdessen A1, A2 nehmen"));
}
