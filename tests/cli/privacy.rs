//! Personal data and secrets, which may not be in the log.

use serde_json::{Value, json};

use crate::process::{Folder, Server};

const NAME: &str = "Wilhelmina Zork";
const PHONE: &str = "4917655501234";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Uses every operation on tickets, with and without errors, and returns the texts that may not be in the log.
fn session(server: &Server, folder: &Folder) -> Vec<String> {
    let admin = folder.admin_key();
    let office = folder.new_key("box_office");
    let (slot, other) = (server.schedule(&admin, 20), server.schedule(&admin, 20));
    let mine = |slot: &str, extra: &str| {
        json!({
            "userName": NAME, "userPhoneNumber": PHONE, "numTickets": 2, "slotId": slot, extra: 1,
        })
    };
    let mut good = mine(&slot, "numTickets");
    good["numTickets"] = 3.into();
    let idempotency = [("Idempotency-Key", "my-own-secret-key")];
    let booking = server.connect().ask("POST", "/v1/bookings", &idempotency, Some(&good)).expect(201);
    let ids: Vec<_> = booking["tickets"].as_array().unwrap().iter().map(|ticket| text(&ticket["ticketId"])).collect();
    let user = text(&booking["userId"]);

    let path = format!("/v1/tickets/{}", ids[0]);
    assert_eq!(server.get(&path).expect(200), booking["tickets"][0]);
    assert_eq!(server.get(&format!("{path}/user")).expect(200)["userName"], NAME);
    let code = text(&server.get(&format!("{path}/code")).expect(200)["ticketCode"]);
    let moved = server.post(&format!("{path}/move"), &json!({ "slotId": other })).expect(201);
    server.post(&format!("{path}/move"), &json!({ "slotId": other })).refused(409, "not_booked");
    assert_eq!(server.post(&format!("/v1/tickets/{}/cancel", ids[1]), &json!({})).expect(200)["ticketId"], ids[1]);
    let query = format!("userName={}&userPhoneNumber={PHONE}&numTickets=1&slotId={slot}", NAME.replace(' ', "%20"));
    let legacy = server.connect().ask("POST", &format!("/bookTicket?{query}"), &[], None).expect(200);
    assert_eq!(server.get_as(&office, &format!("/v1/users/{user}/tickets")).expect(200)["tickets"][0]["userId"], user);

    let verify = |code: &str| server.post_as(&office, "/v1/codes/verify", &json!({ "ticketCode": code }));
    assert_eq!(verify(&code).expect(200)["codeState"], "moved");
    assert_eq!(verify(&code[8..]).expect(200)["codeState"], "not_a_code");

    // The data of refused requests is not logged either.
    server.post("/v1/bookings", &mine(&slot, PHONE)).refused(422, "invalid");
    server.post("/v1/bookings", &json!(format!("{NAME} {PHONE}"))).refused(422, "invalid");
    server.connect().ask("POST", &format!("/bookTicket?{query}&{query}"), &[], None).refused(422, "invalid");
    server.connect().ask("POST", &format!("/nowhere/{}?{query}", ids[0]), &[], None).refused(404, "not_found");
    server.get_as(&format!("{admin}x"), &format!("/v1/users/{user}/tickets")).refused(401, "unauthenticated");

    let mut secrets = vec![NAME.to_owned(), "Wilhelmina".to_owned(), PHONE.to_owned(), admin, office, user];
    secrets.extend([text(&booking["bookingId"]), text(&moved["newTicket"]["ticketId"]), text(&legacy[0]["ticketId"])]);
    secrets.push("my-own-secret-key".to_owned());
    secrets.extend([code[8..].to_owned(), code]);
    secrets.extend(ids);
    secrets
}

#[test]
fn the_debug_log_has_no_person_ticket_or_key() {
    for format in ["--demo", "--log-json"] {
        let folder = Folder::new();
        let server = folder.serve(&["--log", "debug", format]);
        let secrets = session(&server, &folder);
        let ended = server.stop();
        assert!(
            ended.stderr.matches("/v1/tickets/{ticketId}/move").count() >= 2,
            "requests are logged: {}",
            ended.stderr
        );
        for secret in secrets {
            for said in [&ended.stderr, &ended.stdout] {
                assert!(!said.contains(&secret), "{secret} is in the log: {said}");
            }
        }
    }
}
