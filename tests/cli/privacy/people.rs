//! A journey of people through the pages: customers, the box office and the manager.

use std::cell::RefCell;

use super::secrets::Secrets;
use super::visitor::{Visitor, hidden};
use super::{PROMOTION, Showings, captured, decline, pay, text, until};
use crate::process::Server;

/// Buys tickets at a price: the first payment is declined. Returns the path of the booking.
pub fn buy(server: &Server, secrets: &RefCell<Secrets>, showings: &Showings) -> String {
    let mut buyer = Visitor::new(server, secrets);
    let showing = format!("/showings/{}", showings.priced);
    let page = buyer.open(&showing);
    let fields = [("key", hidden(&page, "key")), ("type-adult", "2"), ("code", PROMOTION)];
    let hold = buyer.go(&showing, &fields);
    buyer.open(&hold);
    buyer.open(&showing);
    let person = [("name", "Ottilie Vrbata"), ("phone", "+43 (1) 5880-4711")];
    let wrong = [("name", ""), ("phone", "+43 (1) 5880-4711 ext")];
    assert_eq!(buyer.submit(&format!("{hold}/pay"), &wrong).status, 422);
    assert_eq!(buyer.submit(&format!("{hold}/extend"), &person).status, 200);
    let started = |buyer: &mut Visitor<'_>| {
        let answer = buyer.submit(&format!("{hold}/pay"), &person);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let (_, url) = answer.text().split_once("0;url=").unwrap();
        let url = url.split('"').next().unwrap().to_owned();
        let id = url.rsplit('/').next().unwrap().to_owned();
        secrets.borrow_mut().add("paymentId", &id);
        secrets.borrow_mut().add("paymentUrl", &url);
        (id, url)
    };
    let (declined, url) = started(&mut buyer);
    decline(&url);
    let declined = format!("/payments/{declined}");
    until("it is declined", || buyer.open(&declined).contains("The payment did not succeed"));
    let (paid, url) = started(&mut buyer);
    pay(&url, "choice=pay");
    captured(&mut Visitor::new(server, secrets), &paid);
    let led = buyer.get(&format!("/payments/{paid}"));
    let booking = led.header("Location").unwrap().to_owned();
    assert_eq!((led.status, booking.as_str()), (303, hold.replace("/holds/", "/bookings/").as_str()));
    assert!(buyer.open(&booking).contains("Ottilie Vrbata"));
    assert!(buyer.open(&format!("{booking}/calendar.ics")).starts_with("BEGIN:VCALENDAR"));
    remember(&mut buyer, &booking);
    booking
}

/// Books tickets for nothing, and moves and cancels them.
pub fn change(server: &Server, secrets: &RefCell<Secrets>, showings: &Showings) {
    let mut buyer = Visitor::new(server, secrets);
    let showing = format!("/showings/{}", showings.free);
    let hold = |buyer: &mut Visitor<'_>| {
        let page = buyer.open(&showing);
        buyer.go(&showing, &[("key", hidden(&page, "key")), ("count", "2")])
    };
    let given_up = hold(&mut buyer);
    assert_eq!(buyer.go(&format!("{given_up}/release"), &[]), showing);
    let seats = hold(&mut buyer);
    let booking = buyer.go(&format!("{seats}/confirm"), &[("name", "Kunigunde Oyp"), ("phone", "00 33 1 44 55 66 78")]);
    buyer.open(&format!("{booking}/move"));
    let path = format!("{booking}/move/{}?ticket=0", showings.other);
    let page = buyer.open(&path);
    let fields = hidden_fields(&page);
    let moved = buyer.go(&path, &fields);
    assert!(moved.starts_with("/bookings/B") && moved != booking);
    remember(&mut buyer, &booking);
    remember(&mut buyer, &moved);
    let path = format!("{moved}/cancel");
    let page = buyer.open(&path);
    assert_eq!(buyer.go(&path, &hidden_fields(&page)), moved);
    assert!(buyer.open(&moved).contains("canceled"));
    assert_eq!(buyer.get("/bookings/B000000000000000000000000000000000000000X").status, 404);
}

/// Reads a booking with the codes of its tickets, which its pages only draw, so that they are known as secrets.
fn remember(reader: &mut Visitor<'_>, booking: &str) {
    let id = booking.rsplit('/').next().unwrap();
    let booking = reader.get(&format!("/v1/bookings/{id}")).expect(200);
    for ticket in booking["tickets"].as_array().unwrap() {
        reader.get(&format!("/v1/tickets/{}/code", text(ticket, "ticketId"))).expect(200);
    }
}

/// Returns the hidden fields of the form of a page that is sent by POST.
fn hidden_fields(page: &str) -> Vec<(&str, &str)> {
    let form = page.split(r#" method="post""#).nth(1).expect("a form").split("</form>").next().unwrap();
    let inputs = form.split(r#"<input type="hidden" name=""#).skip(1);
    inputs.map(|input| (input.split('"').next().unwrap(), input.split('"').nth(2).unwrap())).collect()
}

/// Sells and finds at the box office.
pub fn sell(server: &Server, secrets: &RefCell<Secrets>, showings: &Showings, (key, bought): (&str, &str)) {
    let mut office = Visitor::new(server, secrets);
    office.sign_in(key, "/box-office");
    let showing = format!("/box-office/showings/{}", showings.priced);
    let page = office.open(&showing);
    let once = hidden(&page, "key").to_owned();
    let person = [("name", "Zacharias Ypsilon"), ("phone", "+1 (212) 555 0147")];
    let sale =
        [&person[..], &[("key", &once), ("type-adult", "2"), ("method", "cash"), ("promotion", PROMOTION)]].concat();
    assert_eq!(office.submit(&format!("{showing}/quote"), &sale).status, 200);
    let sold = office.go(&showing, &sale);
    let booking = sold.strip_suffix("/sold").unwrap();
    for page in ["", "/sold", "/tickets", "/cancel", "/move"] {
        office.open(&format!("{booking}{page}"));
    }
    remember(&mut Visitor::new(server, secrets), booking);
    let find = |office: &mut Visitor<'_>, fields: &[(&str, &str)]| {
        let answer = office.submit("/box-office/find", fields);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text().to_owned()
    };
    assert!(find(&mut office, &[("name", "Zacharias Ypsilon"), ("phone", "+1.212.555.0147")]).contains("1 booking"));
    assert!(
        find(&mut office, &[("name", "Gottlieb Nemo"), ("phone", "+1 646 404 40 40")]).contains("Nobody of this name")
    );
    let id = bought.strip_prefix("/bookings/").unwrap();
    assert_eq!(office.go("/box-office/find", &[("text", id)]), format!("/box-office/bookings/{id}"));
    let other = if &id[8..9] == "X" { "Y" } else { "X" };
    let forged = format!("{}{other}{}", &id[..8], &id[9..]);
    secrets.borrow_mut().add("bookingId", &forged);
    assert!(find(&mut office, &[("text", &forged)]).contains("no booking has this number"));
    let page = office.open(&format!("{booking}/cancel?some=1&ticket=1"));
    let form = [("some", "1"), ("ticket", "1"), ("refund", hidden(&page, "refund")), ("key", hidden(&page, "key"))];
    office.go(&format!("{booking}/cancel"), &form);
    let page = office.open("/box-office/refunds");
    office.go("/box-office/refunds", &[("refund", hidden(&page, "refund"))]);
    let foreign = Visitor::new(server, secrets).submit(&showing, &sale);
    assert_eq!(foreign.status, 303, "it has no session");
    office.go("/sign-out", &[]);
}

/// Adds a promotion and a key, revokes it, and looks at everything.
pub fn manage(server: &Server, secrets: &RefCell<Secrets>, key: &str) {
    let mut manager = Visitor::new(server, secrets);
    manager.sign_in(key, "/manage");
    let code = "SECRET-SUMMER-77";
    let fields = [("code", code), ("off", "20"), ("unit", "percent"), ("uses", "2")];
    let added = manager.go("/manage/promotions/new", &fields);
    assert!(added.starts_with("/manage/promotions/SECRET-SUMMER-77"));
    for page in [&added, "/manage/promotions", "/manage/prices", "/manage/figures", "/manage/keys"] {
        manager.open(page);
    }
    let answer = manager.submit("/manage/keys/new", &[("label", "till-of-Rosamunde"), ("role", "box_office")]);
    let (_, new) = answer.text().split_once("<code>").unwrap();
    let new = new.split('<').next().unwrap().to_owned();
    Visitor::new(server, secrets).sign_in(&new, "/box-office");
    secrets.borrow_mut().add("userName", "Rosamunde");
    manager.go("/manage/keys/revoke", &[("label", "till-of-Rosamunde"), ("sure", "1")]);
    assert_eq!(manager.submit("/manage/keys/revoke", &[("label", "till-of-Rosamunde")]).status, 404);
    let mut foreign = [fields.as_slice(), &[("token", "another-session's")]].concat();
    foreign.rotate_right(1);
    assert_eq!(manager.submit("/manage/promotions/new", &foreign).status, 403);
}

/// Guesses keys until no more are looked at.
pub fn guess(server: &Server, secrets: &RefCell<Secrets>, key: &str) {
    let mut stranger = Visitor::new(server, secrets);
    let statuses: Vec<u16> = (0..12)
        .map(|number| {
            let guess = format!("{}{number:02}", &key[..key.len() - 2]);
            secrets.borrow_mut().add("API key", &guess);
            stranger.submit("/sign-in", &[("key", &guess)]).status
        })
        .collect();
    assert!(statuses.contains(&403) && statuses.last() == Some(&429), "{statuses:?}");
}
