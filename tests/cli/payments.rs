//! Online payments by the program: with the demo provider, and over kills.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};
use ticketly_adapters_payments::{BearerToken, WebhookSecret};
use ticketly_demo_payments::{DemoProvider, Outage, Settings};
use ticketly_domain::{HttpUrl, PaymentId, PaymentStatus};

use crate::process::{Folder, Server, TIMEOUT, program, run};
use crate::tls::Pair;

pub const TOKEN: &str = "a-token-that-only-tests-have";
pub const SECRET: &str = "whsec_dGhpcyBvbmUgaXMgZm9yIHRoZSBjb21tYW5kIGxpbmU=";

/// Returns the time by which the program goes, too.
#[expect(clippy::disallowed_methods, reason = "a provider has a clock of its own")]
fn now() -> chrono::DateTime<chrono::Utc> {
    SystemTime::now().into()
}

/// Returns an address that nothing listens on.
pub fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

pub fn provider(server: SocketAddr) -> DemoProvider {
    let notify = HttpUrl::parse(&format!("http://{server}/v1/payments/notifications")).unwrap();
    let (token, secret) = (BearerToken::parse(TOKEN).unwrap(), WebhookSecret::parse(SECRET).unwrap());
    let clock = Arc::new(now);
    let mut settings = Settings::new(token, secret, notify, clock).unwrap();
    settings.retry_pause = Duration::from_millis(50);
    DemoProvider::start(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap(), settings).unwrap()
}

fn serve(folder: &Folder, address: SocketAddr, provider: &DemoProvider) -> Server {
    let mut command = program();
    command.args(["serve", "--rate-limit", "0", "--address", &address.to_string(), "--data"]).arg(folder.path());
    command.args(["--payment-provider", &format!("http://{}", provider.address())]);
    command.env("TICKETLY_PAYMENT_TOKEN", TOKEN).env("TICKETLY_PAYMENT_SECRET", SECRET);
    Server::start(command)
}

/// Schedules a showing whose tickets cost 8 EUR.
fn schedule(server: &Server, key: &str) -> String {
    let list = json!({
        "name": "Evening", "currency": "EUR", "taxRate": 700, "prices": [{ "ticketType": "adult", "amount": 800 }],
    });
    let list = server.post_as(key, "/v1/price-lists", &list).expect(201);
    let start = server.now() + chrono::TimeDelta::hours(5);
    let slot = json!({
        "slotName": "Sunrise", "slotType": "Movie", "genre": "Romance", "capacity": 200, "priceListId": list["priceListId"],
        "startTime": start.to_rfc3339(), "endTime": (start + chrono::TimeDelta::hours(2)).to_rfc3339(),
    });
    text(&server.post_as(key, "/v1/slots", &slot).expect(201), "slotId")
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

/// Holds a seat and starts a payment for it.
fn start(server: &Server, slot: &str, name: &str) -> Value {
    let wish = json!({ "slotId": slot, "numTickets": 1, "ticketTypes": ["adult"] });
    let held = server.post("/v1/holds", &wish).expect(201);
    let person = json!({ "userName": name, "userPhoneNumber": "5550123", "returnUrl": "https://cinema.example/paid" });
    server.post(&format!("/v1/holds/{}/payment", text(&held, "holdId")), &person).expect(201)
}

/// Waits until something is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < 2 * TIMEOUT, "never: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn killed_servers_capture_and_refund_everything_once() {
    let folder = Folder::new();
    let address = free_address();
    let provider = provider(address);
    let mut server = serve(&folder, address, &provider);
    let admin = folder.admin_key();
    let slot = schedule(&server, &admin);
    let mut payments = Vec::new();
    for round in 0..4_u64 {
        let started: Vec<_> = (0..8).map(|buyer| start(&server, &slot, &format!("Buyer {round} {buyer}"))).collect();
        if round == 1 {
            provider.fail(Outage::CutAfter, 2);
        }
        // Some tickets of before are canceled while these are paid.
        let paid: Vec<String> = payments.iter().rev().take(2).cloned().collect();
        for id in paid {
            let payment = server.get(&format!("/v1/payments/{id}")).expect(200);
            if let Some(booking) = payment["bookingId"].as_str() {
                server.post(&format!("/v1/bookings/{booking}/cancel"), &json!({})).expect(200);
            }
        }
        for payment in &started {
            let id: PaymentId = text(payment, "paymentId").parse().unwrap();
            provider.pay(id);
            thread::sleep(Duration::from_millis(7 * round));
            payments.push(id.to_string());
        }
        thread::sleep(Duration::from_millis(300 * round));
        server.signal("KILL");
        assert_eq!(server.ended().code, None);
        server = serve(&folder, address, &provider);
    }
    let state = |id: &String| text(&server.get(&format!("/v1/payments/{id}")).expect(200), "paymentState");
    until("all is captured", || payments.iter().all(|id| state(id) == "captured"));
    let refunds =
        |state: &str| server.get_as(&admin, &format!("/v1/refunds?state={state}")).expect(200)["refunds"].clone();
    until("all is paid back", || refunds("due") == json!([]));
    let paid_back = refunds("paid").as_array().unwrap().len();
    assert!(paid_back >= 2, "{paid_back}");
    assert_eq!(provider.check(), Ok(()));
    let entries = provider.entries();
    assert!(entries.iter().all(|(_, entry)| entry.status == PaymentStatus::Captured && entry.captured == 800));
    assert_eq!(entries.iter().map(|(_, entry)| entry.refunds.len()).sum::<usize>(), paid_back);
    let left = server.get(&format!("/v1/slots/{slot}")).expect(200)["availTickets"].as_u64().unwrap();
    assert_eq!(left, 200 - 32 + u64::try_from(paid_back).unwrap());
    let stderr = server.stop().stderr;
    assert!(payments.iter().all(|id| !stderr.contains(id.as_str())), "the identifier of a payment is a secret");
}

#[test]
fn the_demo_sells_concerts_at_a_provider_that_takes_no_money() {
    let folder = Folder::new();
    sells_concerts(folder.serve(&["--demo"]));
}

#[test]
fn the_demo_sells_concerts_over_tls() {
    let folder = Folder::new();
    sells_concerts(Pair::new().serve(&folder, &["--demo"]));
}

#[track_caller]
fn sells_concerts(server: Server) {
    assert!(server.greeting.contains("\n  payments     http://127.0.0.1:"), "{}", server.greeting);
    let tomorrow = (server.now() + chrono::TimeDelta::days(1)).format("%F").to_string();
    let slots = server.get(&format!("/v1/slots?from={tomorrow}T00:00:00Z&limit=50")).expect(200);
    let concert = slots["slots"].as_array().unwrap().iter().find(|slot| slot.get("priceListId").is_some()).unwrap();
    let started = start(&server, &text(concert, "slotId"), "Ada");
    let page = text(&started, "paymentUrl");
    let (host, path) = page.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let form = "choice=pay&seconds=10";
    let post = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len(),
    );
    let mut browser = crate::http::Connection::to(host.parse().unwrap());
    browser.send(post.as_bytes()).unwrap();
    let answer = browser.answer().unwrap();
    assert_eq!((answer.status, answer.header("Location")), (303, Some("https://cinema.example/paid")));
    let path = format!("/v1/payments/{}", text(&started, "paymentId"));
    until("it is captured", || server.get(&path).expect(200)["paymentState"] == "captured");
    server.stop();
}

#[test]
fn settings_of_a_provider_are_checked() {
    let refused = |args: &[&str], part: &str| {
        let mut command = program();
        command.arg("serve").args(args);
        let ended = run(command);
        assert_eq!(ended.code, Some(2), "{}", ended.stderr);
        assert!(ended.stderr.contains(part), "{}", ended.stderr);
    };
    let url = "https://bridge.example";
    refused(&["--payment-provider", url], "--payment-token");
    refused(&["--payment-token", TOKEN], "--payment-provider");
    let all =
        |url, token, secret| vec!["--payment-provider", url, "--payment-token", token, "--payment-secret", secret];
    refused(&all("http://bridge.example", TOKEN, SECRET), "https");
    refused(&all(url, "short", SECRET), "--payment-token");
    refused(&all(url, TOKEN, "whsec_short"), "--payment-secret");
}
