//! The page at which the buyer pays. It has no scripts, and works with a keyboard and without styles.

use std::borrow::Cow;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpResponse, HttpResponseBuilder};
use ticketly_domain::{PaymentId, PaymentStatus};

use crate::body;
use crate::faults::{Delivery, Outage};
use crate::ledger::Entry;
use crate::shared::Shared;

/// The greatest number of seconds by which a notification is late.
const MAX_SECONDS: u64 = 3600;
/// The greatest number of requests that fail.
const MAX_REQUESTS: u32 = 100;

/// What goes wrong, with its names in the form and for people.
const DELIVERIES: [(&str, &str); 4] =
    [("prompt", "at once"), ("late", "late, by the seconds below"), ("twice", "twice"), ("never", "never")];
const OUTAGES: [(&str, &str); 6] = [
    ("none", "nothing"),
    ("unavailable", "answers that the provider is unavailable"),
    ("silent_before", "no answer, and no effect"),
    ("silent_after", "no answer, after it took effect"),
    ("cut_before", "a cut connection, and no effect"),
    ("cut_after", "a cut connection, after it took effect"),
];

/// Shows the page.
pub(crate) async fn show(payment: Path<String>, shared: Data<Shared>) -> HttpResponse {
    let found = payment.parse::<PaymentId>().ok();
    match found.and_then(|id| shared.books(None, |ledger, _| ledger.entry(id).ok().cloned())) {
        Some(entry) => html(HttpResponse::Ok(), &render(&entry)),
        None => missing(),
    }
}

/// Carries out what the buyer has chosen, and sends the browser back to the cinema.
pub(crate) async fn submit(payment: Path<String>, payload: Payload, shared: Data<Shared>) -> HttpResponse {
    let Ok(id) = payment.parse::<PaymentId>() else { return missing() };
    let form = body::read(payload).await;
    let Some(choice) = form.and_then(|form| Choice::parse(&form)) else {
        let text = "<h1>This form is not complete</h1><p>Go back, and choose again.</p>";
        return html(HttpResponse::BadRequest(), &document("Not complete", text));
    };
    let outcome = shared.books(Some(choice.delivery), |ledger, now| {
        let return_url = ledger.entry(id).map(|entry| entry.return_url.clone());
        let is_done = if choice.pays { ledger.pay(id, now) } else { ledger.decline(id, now) };
        return_url.map(|return_url| (return_url, is_done.is_ok()))
    });
    let Ok((return_url, is_done)) = outcome else { return missing() };
    if let Some(outage) = choice.outage.filter(|_| is_done) {
        shared.outages().fail(outage, choice.requests);
    }
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, return_url.as_str()))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .finish()
}

/// What the buyer has chosen.
struct Choice {
    pays: bool,
    delivery: Delivery,
    outage: Option<Outage>,
    requests: u32,
}

impl Choice {
    fn parse(form: &[u8]) -> Option<Self> {
        let field = |name: &str, otherwise: &'static str| {
            let mut fields = form_urlencoded::parse(form);
            fields.find(|(field, _)| field == name).map_or(Cow::Borrowed(otherwise), |(_, value)| value)
        };
        let pays = match field("choice", "").as_ref() {
            "pay" => true,
            "decline" => false,
            _ => return None,
        };
        let seconds = field("seconds", "10").parse().ok().filter(|seconds| *seconds <= MAX_SECONDS)?;
        let delivery = match field("delivery", "prompt").as_ref() {
            "prompt" => Delivery::Prompt,
            "late" => Delivery::Late(Duration::from_secs(seconds)),
            "twice" => Delivery::Twice,
            "never" => Delivery::Never,
            _ => return None,
        };
        let outage = match field("outage", "none").as_ref() {
            "none" => None,
            chosen => Some(Outage::ALL.into_iter().find(|(_, name)| *name == chosen)?.0),
        };
        let requests = field("requests", "1").parse().ok().filter(|requests| (1..=MAX_REQUESTS).contains(requests))?;
        Some(Self { pays, delivery, outage, requests })
    }
}

fn missing() -> HttpResponse {
    let text = "<h1>There is no such payment</h1><p>This is a demonstration, which forgets its payments when it is restarted.</p>";
    html(HttpResponse::NotFound(), &document("No such payment", text))
}

fn html(mut answer: HttpResponseBuilder, page: &str) -> HttpResponse {
    // No form-action: it would also forbid the redirect to the cinema.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
    answer
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(page.to_owned())
}

fn render(entry: &Entry) -> String {
    let (sum, description) = (entry.total, escape(entry.description.as_str()));
    let what = if entry.status == PaymentStatus::Pending { form(&sum.to_string()) } else { over(entry) };
    let text = format!(
        "<h1>Pay {sum}</h1><p><strong>This is a demonstration.</strong> No money moves.</p><p>{description}</p>{what}"
    );
    document(&format!("Pay {sum}"), &text)
}

fn over(entry: &Entry) -> String {
    let (status, return_url) = (entry.status, escape(entry.return_url.as_str()));
    format!("<p>This payment is {status}.</p><p><a href=\"{return_url}\">Back to the cinema</a></p>")
}

fn form(sum: &str) -> String {
    let (deliveries, outages) = (options(&DELIVERIES), options(&OUTAGES));
    format!(
        "<form method=\"post\"><fieldset><legend>What goes wrong</legend>\
         <p><label for=\"delivery\">The cinema is notified</label> <select id=\"delivery\" name=\"delivery\">{deliveries}</select></p>\
         <p><label for=\"seconds\">Late by seconds</label> \
         <input id=\"seconds\" name=\"seconds\" type=\"number\" min=\"0\" max=\"{MAX_SECONDS}\" value=\"10\" required></p>\
         <p><label for=\"outage\">The cinema’s next requests get</label> <select id=\"outage\" name=\"outage\">{outages}</select></p>\
         <p><label for=\"requests\">So many requests</label> \
         <input id=\"requests\" name=\"requests\" type=\"number\" min=\"1\" max=\"{MAX_REQUESTS}\" value=\"1\" required></p></fieldset>\
         <p><button name=\"choice\" value=\"pay\">Pay {sum}</button> \
         <button name=\"choice\" value=\"decline\">Decline</button></p></form>"
    )
}

fn options(choices: &[(&str, &str)]) -> String {
    let option = |(value, text): &(&str, &str)| format!("<option value=\"{value}\">{text}</option>");
    choices.iter().map(option).collect::<Vec<_>>().concat()
}

fn document(title: &str, text: &str) -> String {
    let style = "body{font:1.1rem/1.5 sans-serif;max-width:38rem;margin:2rem auto;padding:0 1rem}\
        button,select,input{font:inherit;padding:.4rem .8rem}";
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} – demonstration</title><style>{style}</style></head><body><main>{text}</main></body></html>"
    )
}

/// Escapes a text for HTML, also within quoted attributes.
fn escape(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('"', "&quot;").replace('\'', "&#39;")
}
