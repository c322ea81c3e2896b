//! Requests. They are prepared once, and only the variable parts are written for each.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::closed_loop::Write;

/// The maximum capacity of a slot.
pub const CAPACITY: u64 = 100_000;
/// The start of every slot that is booked.
pub const START: &str = "2099-12-30T20:00:00Z";

/// The number of the next user. Every booking has a new user: the worst case for the table and the index of users.
static NEXT_USER: AtomicU64 = AtomicU64::new(0);

/// The distribution of bookings over slots.
#[derive(Clone, Copy)]
pub enum Order {
    /// One slot until it is full, then the next.
    OneByOne,
    /// A different slot for every booking.
    InTurn,
}

/// Writes bookings of one ticket, each by a new user and, with `keys`, with its own idempotency key.
pub fn bookings(slots: &[String], order: Order, keys: bool) -> Write {
    let templates: Vec<_> = slots.iter().map(|slot| Template::booking(&json!({ "slotId": slot }), keys)).collect();
    Arc::new(move |number, buffer| {
        let count = templates.len() as u64;
        let index = match order {
            Order::OneByOne => (number / CAPACITY).min(count.saturating_sub(1)),
            Order::InTurn => number % count,
        };
        if let Some(template) = usize::try_from(index).ok().and_then(|index| templates.get(index)) {
            template.write(NEXT_USER.fetch_add(1, Ordering::Relaxed), buffer);
        }
    })
}

/// Writes bookings by name and start.
pub fn bookings_by_name(name: &str) -> Write {
    let template = Template::booking(&json!({ "movieName": name, "movieStartTime": START }), false);
    Arc::new(move |_, buffer| template.write(NEXT_USER.fetch_add(1, Ordering::Relaxed), buffer))
}

/// Writes reads of these paths, not in their order.
pub fn reads(paths: impl IntoIterator<Item = String>) -> Write {
    reads_with(paths, "")
}

/// Does the same with headers.
pub fn reads_with(paths: impl IntoIterator<Item = String>, headers: &str) -> Write {
    let requests: Vec<_> = paths.into_iter().map(|path| get_with(&path, headers)).collect();
    Arc::new(move |number, buffer| {
        let index = usize::try_from(number.wrapping_mul(7919)).unwrap_or_default() % requests.len();
        buffer.extend_from_slice(requests.get(index).map_or(&[][..], Vec::as_slice));
    })
}

pub fn get(path: &str) -> Vec<u8> {
    get_with(path, "")
}

fn get_with(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: cinema.example\r\n{headers}\r\n").into_bytes()
}

pub fn post(path: &str, headers: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    let head = format!("POST {path} HTTP/1.1\r\nHost: cinema.example\r\nContent-Type: application/json\r\n{headers}");
    format!("{head}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

/// The placeholder of the user's number: nine digits.
const NUMBER: &str = "#########";

/// A request in pieces, with the user's number between them.
struct Template(Vec<Vec<u8>>);

impl Template {
    fn booking(target: &Value, keys: bool) -> Self {
        let mut body = json!({ "userName": format!("Guest {NUMBER}"), "userPhoneNumber": NUMBER, "numTickets": 1 });
        if let (Some(body), Some(target)) = (body.as_object_mut(), target.as_object()) {
            body.extend(target.clone());
        }
        let key = format!("Idempotency-Key: 5a0fd4b2-58b4-4a7e-{NUMBER}\r\n");
        let request = post("/v1/bookings", if keys { &key } else { "" }, &body);
        let text = String::from_utf8_lossy(&request);
        Self(text.split(NUMBER).map(|piece| piece.as_bytes().to_vec()).collect())
    }

    fn write(&self, user: u64, buffer: &mut Vec<u8>) {
        let digits: [u8; NUMBER.len()] = std::array::from_fn(|index| {
            let power = 10_u64.pow(u32::try_from(NUMBER.len() - 1 - index).unwrap_or_default());
            b'0' + u8::try_from(user / power % 10).unwrap_or_default()
        });
        for (index, piece) in self.0.iter().enumerate() {
            if index > 0 {
                buffer.extend_from_slice(&digits);
            }
            buffer.extend_from_slice(piece);
        }
    }
}
