//! A journey of programs through the API: everything that has to do with tickets, with and without errors.

use std::cell::RefCell;

use serde_json::{Value, json};

use super::secrets::Secrets;
use super::visitor::{Visitor, escaped};
use super::{PROMOTION, Showings, captured, decline, pay, text, until};
use crate::process::Server;

/// Gives one booking of three tickets for nothing, and does everything with it that its holder may do.
pub fn book(server: &Server, secrets: &RefCell<Secrets>, showings: &Showings, office: &str) {
    let mut buyer = Visitor::new(server, secrets).once("an-idempotency-key-of-a-buyer");
    let order = json!({ "slotId": showings.free, "numTickets": 3, "userName": "Wilhelmina Zork",
        "userPhoneNumber": "+49 176 555-012-34" });
    let booking = buyer.post("/v1/bookings", &order).expect(201);
    assert_eq!(buyer.post("/v1/bookings", &order).expect(201)["bookingId"], booking["bookingId"]);
    let mut buyer = Visitor::new(server, secrets);
    let ids: Vec<_> = booking["tickets"].as_array().unwrap().iter().map(|ticket| text(ticket, "ticketId")).collect();
    let path = format!("/v1/tickets/{}", ids[0]);
    assert_eq!(buyer.get(&path).expect(200), booking["tickets"][0]);
    assert_eq!(buyer.get(&format!("{path}/user")).expect(200)["userName"], "Wilhelmina Zork");
    let code = text(&buyer.get(&format!("{path}/code")).expect(200), "ticketCode");
    let to = json!({ "slotId": showings.other });
    assert_ne!(buyer.post(&format!("{path}/move"), &to).expect(201)["newTicket"]["ticketId"], ids[0].as_str());
    buyer.post(&format!("{path}/move"), &to).refused(409, "not_booked");
    assert_eq!(
        buyer.post(&format!("/v1/tickets/{}/cancel", ids[1]), &json!({})).expect(200)["ticketId"],
        ids[1].as_str()
    );
    let path = format!("/v1/bookings/{}", text(&booking, "bookingId"));
    assert_eq!(buyer.get(&path).expect(200)["bookingId"], booking["bookingId"]);
    let moved = buyer.post(&format!("{path}/move"), &to).expect(201);
    let moved = text(&moved["newBooking"], "bookingId");
    let canceled = buyer.post(&format!("/v1/bookings/{moved}/cancel"), &json!({})).expect(200);
    assert_eq!(canceled["bookingId"], moved.as_str());

    let query = format!(
        "userName={}&userPhoneNumber=004314050607&numTickets=1&slotId={}",
        escaped("Hedwig Pfnür"),
        showings.free
    );
    secrets.borrow_mut().add("userName", "Hedwig Pfnür");
    secrets.borrow_mut().add("userName", &escaped("Hedwig Pfnür"));
    secrets.borrow_mut().add("userPhoneNumber", "004314050607");
    buyer.post_nothing(&format!("/bookTicket?{query}")).expect(200);
    buyer.post_nothing(&format!("/bookTicket?{query}&{query}")).refused(422, "invalid");

    let mut office = Visitor::with_key(server, secrets, office);
    let tickets = format!("/v1/users/{}/tickets", text(&booking, "userId"));
    assert_eq!(office.get(&tickets).expect(200)["tickets"][0]["userId"], booking["userId"]);
    let verify = |office: &mut Visitor<'_>, code: &str| {
        text(&office.post("/v1/codes/verify", &json!({ "ticketCode": code })).expect(200), "codeState")
    };
    assert_eq!(verify(&mut office, &code), "moved");
    assert_eq!(verify(&mut office, &code[8..]), "not_a_code");
}

/// Holds, buys and pays, at the box office and online.
pub fn buy(server: &Server, secrets: &RefCell<Secrets>, showings: &Showings, office: &str) {
    let mut office = Visitor::with_key(server, secrets, office);
    let mut buyer = Visitor::new(server, secrets);
    let wish = json!({ "slotId": showings.priced, "numTickets": 2, "ticketTypes": { "adult": 2 },
        "promotionCode": PROMOTION });
    let mut hold = || text(&buyer.post("/v1/holds", &wish).expect(201), "holdId");
    let holds: Vec<String> = (0..4).map(|_| hold()).collect();
    let path = |hold: &str, rest: &str| format!("/v1/holds/{hold}{rest}");
    assert_eq!(buyer.get(&path(&holds[0], "")).expect(200)["holdId"], holds[0].as_str());
    assert_eq!(buyer.post(&path(&holds[0], "/extend"), &json!({})).expect(200)["holdId"], holds[0].as_str());
    let person =
        json!({ "userName": "Quirin Xaverius", "userPhoneNumber": "(0621) 700 81 92", "paymentMethod": "cash" });
    let sold = office.post(&path(&holds[0], "/confirm"), &person).expect(201);
    assert_eq!(sold["bookingId"], holds[0].as_str());
    buyer.post(&format!("/v1/bookings/{}/cancel", holds[0]), &json!({})).expect(200);
    let due = office.get("/v1/refunds?state=due").expect(200);
    let refund = format!("/v1/refunds/{}/complete", text(&due["refunds"][0], "refundId"));
    assert_eq!(office.post(&refund, &json!({})).expect(200)["refundState"], "paid");

    let mut start = |hold: &str, name: &str, phone: &str| {
        let order = json!({ "userName": name, "userPhoneNumber": phone, "returnUrl": "https://cinema.example/paid" });
        let started = buyer.post(&path(hold, "/payment"), &order).expect(201);
        (text(&started, "paymentId"), text(&started, "paymentUrl"))
    };
    let (paid, url) = start(&holds[1], "Yolanda Quist", "0043 664 8812 345");
    pay(&url, "choice=pay");
    captured(&mut Visitor::new(server, secrets), &paid);
    let (declined, url) = start(&holds[2], "Fridolin Jaxx", "0190-77.88.99.1");
    decline(&url);
    let mut buyer = Visitor::new(server, secrets);
    let declined = format!("/v1/payments/{declined}");
    until("it is declined", || buyer.get(&declined).expect(200)["paymentOutcome"] == "not_booked");
    buyer.post(&format!("/v1/bookings/{}/cancel", holds[1]), &json!({})).expect(200);
    assert_eq!(office.get("/v1/payments/unpaid").expect(200)["payments"], json!([]));
    let released = format!("/v1/holds/{}", holds[3]);
    assert_eq!(buyer.delete(&released).expect(200)["holdState"], "released");
    buyer.post(&format!("{released}/extend"), &json!({})).refused(409, "hold_released");
}

/// Sends requests that are refused, for every reason.
pub fn be_refused(server: &Server, secrets: &RefCell<Secrets>, showings: &Showings, (admin, ticket): (&str, &str)) {
    let mut client = Visitor::new(server, secrets);
    let mut order = json!({ "slotId": showings.free, "userName": "Bogdan Krrkwitz", "userPhoneNumber": "+380 44 998 77 61",
        "numTickets": 11, "+380 44 998 77 61": 1 });
    client.post("/v1/bookings", &order).refused(422, "invalid");
    client.post("/v1/bookings", &json!(order.to_string())).refused(422, "invalid");
    let begun = r#"{ "userName": "Bogdan Krrkwitz", "userPhoneNumber": "+380 44 998 77 61"#;
    client.post_text("/v1/bookings", begun).refused(400, "malformed_json");
    client.post_text("/v1/bookings", &format!("{order} {order}")).refused(422, "invalid");
    order["userName"] = json!("Leopoldine Mnxberg ".repeat(20));
    client.post_text("/v1/bookings", &order.to_string()).refused(422, "invalid");
    order["userName"] = json!("Leopoldine Mnxberg ".repeat(4000));
    client.post_text("/v1/bookings", &order.to_string()).refused(413, "payload_too_large");
    secrets.borrow_mut().add("userName", "Leopoldine Mnxberg");
    let nowhere = format!("/nowhere/{ticket}?userName=Bogdan%20Krrkwitz&key={admin}");
    client.get(&nowhere).refused(404, "not_found");
    client.post_text(&nowhere, &order.to_string()).refused(404, "not_found");
    client.delete(&format!("/v1/tickets/{ticket}")).refused(405, "method_not_allowed");
    client.get(&format!("/v1/tickets/{ticket}X")).refused(404, "unknown_ticket");
    client.get(&format!("/v1/payments/{ticket}")).refused(404, "unknown_payment");
    client.post(&format!("/v1/tickets/{ticket}/move"), &json!({ "slotId": ticket })).refused(404, "unknown_slot");
    let wish = json!({ "slotId": showings.priced, "numTickets": 1, "ticketTypes": ["adult"],
        "promotionCode": "NO-SUCH-CODE" });
    client.post("/v1/holds", &wish).refused(404, "unknown_promotion");
    let mut stranger = Visitor::with_key(server, secrets, &format!("{admin}x"));
    stranger.get("/v1/users/U00000000/tickets").refused(401, "unauthenticated");
    stranger.post("/v1/payments/notifications", &json!({ "paymentId": ticket })).refused(422, "invalid");
    let mut admin = Visitor::with_key(server, secrets, admin);
    assert_eq!(admin.get(&format!("/v1/promotions/{PROMOTION}")).expect(200)["promotionCode"], PROMOTION);
    admin.get("/v1/promotions/NO-SUCH-CODE").refused(404, "unknown_promotion");
}

/// Returns the identifier of a ticket that is sold.
pub fn ticket(server: &Server, secrets: &RefCell<Secrets>, slot: &str) -> String {
    let order =
        json!({ "slotId": slot, "numTickets": 1, "userName": "Nepomuk Lassnig", "userPhoneNumber": "7771234509" });
    let booking: Value = Visitor::new(server, secrets).post("/v1/bookings", &order).expect(201);
    text(&booking["tickets"][0], "ticketId")
}

/// Pays while the provider fails, and waits until the server has said so.
pub fn pay_in_an_outage(server: &Server, secrets: &RefCell<Secrets>, showings: &Showings, admin: &str) {
    let mut buyer = Visitor::new(server, secrets);
    let wish = json!({ "slotId": showings.priced, "numTickets": 1, "ticketTypes": ["adult"] });
    let hold = text(&buyer.post("/v1/holds", &wish).expect(201), "holdId");
    let order = json!({ "userName": "Theodolinde Uxkull", "userPhoneNumber": "0800-2233-4455",
        "returnUrl": "https://cinema.example/paid" });
    let started = buyer.post(&format!("/v1/holds/{hold}/payment"), &order).expect(201);
    pay(&text(&started, "paymentUrl"), "choice=pay&outage=unavailable&requests=3");
    // A step that failed is logged, with its cause.
    let none = r#"ticketly_settlements_total{of="payment",outcome="failed"} 0"#;
    until("the provider fails", || !server.get_as(admin, "/metrics").text().contains(none));
}
