//! What may be in no log, no metric and no trace.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The members of requests and answers that are personal or secret.
const MEMBERS: [&str; 11] = [
    "bookingId",
    "holdId",
    "paymentId",
    "paymentUrl",
    "promotionCode",
    "refundId",
    "ticketCode",
    "ticketId",
    "userId",
    "userName",
    "userPhoneNumber",
];

/// The kinds of secrets that are in no member of JSON.
const OTHERS: [&str; 7] =
    ["API key", "cookie", "form key", "form token", "idempotency key", "payment token", "webhook secret"];
/// The number of all kinds.
pub const KINDS: usize = MEMBERS.len() + OTHERS.len();

/// Secrets, by what they are.
#[derive(Debug, Default)]
pub struct Secrets(BTreeMap<&'static str, BTreeSet<String>>);

impl Secrets {
    pub fn add(&mut self, kind: &'static str, secret: &str) {
        assert!(MEMBERS.contains(&kind) || OTHERS.contains(&kind), "{kind}");
        assert!(secret.len() >= 6, "{secret} could be in a log by chance");
        self.0.entry(kind).or_default().insert(secret.to_owned());
    }

    /// Adds what is secret in a body.
    pub fn read(&mut self, body: &Value) {
        match body {
            Value::Object(members) => {
                for (name, value) in members {
                    let kind = MEMBERS.into_iter().find(|member| member == name);
                    match (kind, value.as_str()) {
                        (Some(kind), Some(secret)) => self.add(kind, secret),
                        _ => self.read(value),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.read(item)),
            _ => {}
        }
    }

    /// Returns how many there are of each kind.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        self.0.iter().map(|(kind, secrets)| (*kind, secrets.len())).collect()
    }

    /// Checks that no secret is in a text, whole or in part, in any spelling.
    #[track_caller]
    pub fn are_not_in(&self, what: &str, text: &str) {
        let lower = text.to_lowercase();
        for (kind, secret) in self.0.iter().flat_map(|(kind, secrets)| secrets.iter().map(move |one| (kind, one))) {
            for spelling in spellings(kind, secret) {
                let found = lower.lines().find(|line| line.contains(&spelling.to_lowercase()));
                assert_eq!(found, None, "the {what} has {spelling}, of the {kind} {secret}");
            }
        }
    }
}

/// Returns a secret as it may be written, and the parts of it that must not be written either.
fn spellings(kind: &str, secret: &str) -> Vec<String> {
    let mut all = vec![secret.to_owned(), secret.replace(' ', "%20"), secret.replace(' ', "+")];
    match kind {
        "userName" => all.extend(secret.split_whitespace().map(str::to_owned)),
        "userPhoneNumber" => {
            let digits: String = secret.chars().filter(char::is_ascii_digit).collect();
            // Without the prefix of a country or a city.
            all.push(digits[digits.len() - 7..].to_owned());
            all.push(secret.replace('+', "%2B").replace(' ', "%20"));
        }
        "promotionCode" => {}
        // What makes an identifier secret is at its end. Its beginning may be a number.
        _ if secret.len() > 24 && secret.is_ascii() => all.push(secret[secret.len() - 12..].to_owned()),
        _ => {}
    }
    all
}

#[test]
fn secrets_are_found_in_every_spelling() {
    let mut secrets = Secrets::default();
    let ticket = "TKT0000001A2B3C4D5E6F7G8H9J0KMNPQRSTVWXYZ";
    secrets.read(&serde_json::json!({ "booking": [{ "ticketId": ticket, "userName": "Ada Lovelace" }] }));
    secrets.add("userPhoneNumber", "+49 (621) 555-0123");
    assert_eq!(secrets.counts().into_values().sum::<usize>(), 3);
    for leak in ["id=PQRSTVWXYZ", "pqrst", "lovelac", "555", "TKT0000001A2B3C4D"] {
        secrets.are_not_in("log", leak);
    }
    for leak in [ticket, "x=nPqrstvwxyz0kmNPQRSTVWXYZ", "name=ADA%20LOVELACE", "(lovelace)", "tel:+496215550123"] {
        assert!(std::panic::catch_unwind(|| secrets.are_not_in("log", &format!("a\nb {leak} c"))).is_err(), "{leak}");
    }
}
