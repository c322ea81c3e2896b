//! HEAD is GET without the body.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use serde_json::json;
use ticketly_api::routes::routes;
use ticketly_http::route::entries;

use super::answer::Answer;
use super::app::{App, path_of, text};

/// Sends the same request as GET and as HEAD, checks that the answers match, and returns the answer to GET.
fn both(app: &App, path: &str, key: Option<&str>) -> Answer {
    let [get, head] = ["GET", "HEAD"].map(|method| app.call(method, path).key(key).header("X-Request-Id", "a").send());
    assert_eq!(head.body, b"", "{path}");
    assert_eq!(head.status, get.status, "{path}");
    let lines = |answer: &Answer| {
        let head = answer.to_string().split("\r\n\r\n").next().map(str::to_owned).unwrap();
        let lines = head.lines().filter(|line| !line.to_lowercase().starts_with("date:"));
        let mut lines: Vec<_> = lines.map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&head), lines(&get), "{path}");
    get
}

#[test]
fn head_is_answered_like_get_on_every_route() {
    let app = App::start();
    let auditorium = app.auditorium();
    let slot = app.schedule_in(&auditorium, "Skyfall", "2020-11-01 12:22");
    let booking = app.book(&slot, 1);
    let held = app.post("/v1/holds").json(json!({ "slotId": slot["slotId"], "numTickets": 2 })).send().created();
    let ticket = path_of(&booking["tickets"][0]);
    let price_list = app.price_list();
    let priced = app.schedule_priced(&price_list, "Metropolis", "2020-11-01 20:00");
    let sold = json!({ "ticketTypes": { "adult": 1 }, "numTickets": 1, "slotId": priced["slotId"], "userName": "Jo",
        "userPhoneNumber": "5550123", "paymentMethod": "cash" });
    let sold = app.post("/v1/bookings").key(app.box_office.as_str()).json(sold).send().created();
    let off = app.schedule("Nosferatu", "2020-11-02 20:00", 5);
    app.post(&format!("/v1/slots/{}/cancel", text(&off, "slotId"))).key(app.admin.as_str()).send().ok();
    let promotion = json!({ "promotionCode": "HEAD-10", "percent": 10 });
    app.post("/v1/promotions").key(app.admin.as_str()).json(promotion).send().created();
    let moved = app.schedule_in(&auditorium, "Faust", "2020-11-03 20:00");
    let to = json!({ "auditoriumId": app.auditorium()["auditoriumId"] });
    app.post(&format!("/v1/slots/{}/reseat", text(&moved, "slotId"))).key(app.admin.as_str()).json(to).send().ok();
    let keys = |path: &str| {
        let key = if path.ends_with("/totals") { &app.admin } else { &app.box_office };
        [None, Some("wrong"), Some(app.scheduler.as_str()), Some(key.as_str())]
    };
    for entry in entries(&routes()).iter().filter(|entry| entry.method == "GET") {
        // The answer to GET does not end.
        if entry.path.ends_with("/live") && entry.path.starts_with("/v1") {
            continue;
        }
        // The second answer counts the first, and may be longer.
        if entry.path == "/metrics" {
            continue;
        }
        let path = entry.path.replace("/v1/tickets/{ticketId}", &ticket);
        let path = path.replace("{slotId}/prices", &format!("{}/prices", text(&priced, "slotId")));
        let path = path.replace("{slotId}/cancellation", &format!("{}/cancellation", text(&off, "slotId")));
        let path = path.replace("{slotId}/call-list", &format!("{}/call-list", text(&off, "slotId")));
        let path = path.replace("{slotId}/reseating", &format!("{}/reseating", text(&moved, "slotId")));
        let path = path.replace("{slotId}", text(&slot, "slotId")).replace("{bookingId}", text(&booking, "bookingId"));
        let path = path.replace("{priceListId}", text(&price_list, "priceListId"));
        let path = path.replace("{promotionCode}", "HEAD-10");
        let path = path.replace("{paymentId}", text(&sold, "paymentId"));
        let path = path.replace("/v1/refunds", "/v1/refunds?state=due");
        let path = path.replace("{holdId}", text(&held, "holdId"));
        let path = path.replace("{userId}", text(&booking, "userId"));
        let path = path.replace("{auditoriumId}", text(&auditorium, "auditoriumId"));
        let keys = keys(entry.path);
        let path = path.replace("/v1/totals", "/v1/totals?from=2020-11-01%2000:00&until=2020-11-02%2000:00");
        let statuses = keys.map(|key| both(&app, &path, key).status);
        let good = [200, 307].contains(&statuses[3]);
        assert!(good && (statuses[0] == statuses[3] || statuses == [401, 401, 403, 200]), "{path} {statuses:?}");
    }
    assert_eq!(both(&app, "/nowhere", None).status, 404);
    assert_eq!(both(&app, "/v1/slots/S000000000000", None).status, 404);
}

#[test]
fn head_counts_for_the_rate_limit() {
    let app = App::with_rate(1, 0);
    let limited = (0..50).map(|_| app.call("HEAD", "/v1/slots").send()).find(|answer| answer.status != 200).unwrap();
    assert_eq!((limited.status, limited.body.len()), (429, 0));
    assert!(limited.header("retry-after").is_some());
}

#[test]
fn a_request_pipelined_after_head_is_answered() {
    let app = App::start();
    let mut socket = TcpStream::connect(app.address).unwrap();
    let request = |method| format!("{method} /v1/slots HTTP/1.1\r\nHost: x\r\n\r\n");
    socket.write_all((request("HEAD") + &request("GET")).as_bytes()).unwrap();
    socket.shutdown(Shutdown::Write).unwrap();
    let mut got = String::new();
    socket.read_to_string(&mut got).unwrap();
    let parts: Vec<_> = got.split("\r\n\r\n").collect();
    let starts = |part: &str| part.starts_with("HTTP/1.1 200 OK\r\n");
    assert!(parts.len() == 3 && starts(parts[0]) && starts(parts[1]), "{got}");
    assert_eq!(parts[2], r#"{"slots":[]}"#);
}
