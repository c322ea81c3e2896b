//! `docs/payments.md`: its requests, answers and signature are those of the bridge and of the demo provider.

use chrono::DateTime;
use serde_json::Value;
use ticketly_domain::{
    HttpUrl, Money, PaymentDescription, PaymentError, PaymentEvent, PaymentId, PaymentOrder, PaymentProvider as _,
    RefundOrder,
};

use crate::cinema::{NOW, SECRET, Stage, bridge, euros, run, signed};
use crate::http::{Message, exchange};
use crate::scripted::{Scripted, Then};

const PAGE: &str = include_str!("../../../../docs/payments.md");

/// Returns the HTTP messages of the page, in its order.
fn messages() -> Vec<Message> {
    let blocks = PAGE.split("```http\n").skip(1);
    blocks.map(|block| Message::parse(block.split_once("```").unwrap().0.trim_end())).collect()
}

/// Returns the requests of the contract with their answers.
fn exchanges() -> Vec<(Message, Message)> {
    let messages = messages();
    let pairs = messages.windows(2).filter_map(|pair| <&[Message; 2]>::try_from(pair).ok());
    let pairs = pairs.filter(|[request, answer]| !is_answer(request) && is_answer(answer));
    pairs.map(|[request, answer]| (request.clone(), answer.clone())).collect()
}

fn is_answer(message: &Message) -> bool {
    message.start.starts_with("HTTP/1.1 ")
}

fn notification() -> Message {
    messages().into_iter().find(|message| message.headers.contains_key("webhook-id")).unwrap()
}

fn text<'a>(body: &'a Value, member: &str) -> &'a str {
    body[member].as_str().unwrap_or_else(|| panic!("{member} in {body}"))
}

fn money(body: &Value) -> Money {
    Money::new(body["amount"].as_u64().unwrap(), text(body, "currency").parse().unwrap()).unwrap()
}

fn order(body: &Value) -> PaymentOrder {
    let description = PaymentDescription::parse(text(body, "description")).unwrap();
    let return_url = HttpUrl::parse(text(body, "returnUrl")).unwrap();
    let held_until = DateTime::parse_from_rfc3339(text(body, "heldUntil")).unwrap().to_utc();
    let payment = text(body, "paymentId").parse().unwrap();
    PaymentOrder::new(payment, money(body), description, return_url, held_until).unwrap()
}

/// Lets the bridge make a request of the page at a server that answers as the page says. Returns the request and the outcome.
fn replayed(request: &Message, answer: &Message) -> (Message, String) {
    let code = |error| match error {
        PaymentError::Refused { code } => code,
        error => panic!("{error:?} at {}", request.start),
    };
    let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
    let parts: Vec<_> = request.start.split([' ', '/']).filter(|part| !part.is_empty()).collect();
    let server = Scripted::start(vec![Then::Send(answer.bytes())]);
    let bridge = bridge(server.address);
    let id = |text: &str| text.parse::<PaymentId>().unwrap();
    let outcome = run(async {
        match parts.as_slice() {
            ["POST", "payments", "HTTP", ..] => {
                bridge.authorise(&order(&body)).await.map_or_else(code, |url| url.as_str().to_owned())
            }
            ["POST", "payments", payment, "capture", ..] => {
                bridge.capture(id(payment)).await.map_or_else(code, |()| "done".to_owned())
            }
            ["POST", "payments", payment, "void", ..] => {
                bridge.void(id(payment)).await.map_or_else(code, |()| "done".to_owned())
            }
            ["POST", "payments", payment, "refunds", ..] => {
                let refund = RefundOrder::new(text(&body, "refundId").parse().unwrap(), id(payment), money(&body));
                bridge.refund(&refund.unwrap()).await.map_or_else(code, |()| "done".to_owned())
            }
            ["GET", "payments", payment, "HTTP", ..] => {
                let report = bridge.payment(id(payment)).await.unwrap();
                report.map_or("none", |report| report.status().as_str()).to_owned()
            }
            other => panic!("the page has a request that is not of the contract: {other:?}"),
        }
    });
    (server.request(), outcome)
}

#[test]
fn the_bridge_sends_what_the_page_says_and_reads_its_answers() {
    let mut outcomes = Vec::new();
    for (documented, answer) in exchanges() {
        let (mut sent, outcome) = replayed(&documented, &answer);
        sent.headers.remove("content-length");
        sent.headers.insert("host".to_owned(), documented.header("host").to_owned());
        assert_eq!(sent, documented);
        outcomes.push(outcome);
    }
    let page = "https://pay.example/pay/PAY2N9VK4Q8DZ6M0RXT7B3HJ5CWEY";
    assert_eq!(outcomes, [page, "authorised", "none", "done", "done", "payment_captured"]);
}

#[test]
fn the_demo_answers_and_notifies_what_the_page_says() {
    let page = HttpUrl::parse("https://pay.example/").unwrap();
    let stage = Stage::with(0, |settings| settings.public_url = Some(page));
    let notification = notification();
    for (request, documented) in exchanges() {
        let answer = exchange(stage.provider.address(), &request);
        let shown = |message: &Message| {
            (message.start.clone(), message.header("content-type").to_owned(), message.body.clone())
        };
        assert_eq!(shown(&answer), shown(&documented), "{}", request.start);
        if let Some(url) = answer.body.split('"').find(|text| text.starts_with("https://")) {
            stage.provider.pay(url.rsplit('/').next().unwrap().parse().unwrap());
            let sent = stage.received();
            for header in ["webhook-id", "webhook-timestamp", "webhook-signature", "content-type"] {
                assert_eq!(sent.header(header), notification.header(header), "{header}");
            }
            assert_eq!(sent.body, notification.body);
        }
    }
    assert_eq!(stage.provider.check(), Ok(()));
}

#[test]
fn the_bridge_reads_the_notification_of_the_page() {
    let notification = notification();
    let stage = Stage::new();
    let read = stage.bridge.read_notification(&signed(&notification), NOW).unwrap();
    assert_eq!((read.event, read.at), (PaymentEvent::Authorised { total: euros(2450) }, NOW));
    assert_eq!(read.id, notification.header("webhook-id"));
    assert!(PAGE.contains(&format!("`{SECRET}`")));
    let signature = notification.header("webhook-signature").trim_start_matches("v1,");
    assert!(PAGE.contains(&format!("prints `{signature}`")), "the worked example");
}
