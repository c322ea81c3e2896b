//! The parts of the document about ticket codes.

use serde_json::{Value, json};
use ticketly_domain::CodePeriod;

use super::limits::count;
use super::patterns;

/// A ticket code. `docs/codes.md` has it too.
const TICKET_CODE: &str = "AEVROJSGUKHZNANGA4TENIUMYDLJIAIAAYVXFA2HMT5FO7MKLFFHCF5JLKXL6GOBUGNW54CIZAFKPBQXSSO37GFM2FLNZUF5TVNVOCSBT4A5QBZBITIS3HYMLKP4FCWNC2ZPG7IO";
/// The public key by which it is checked.
const PUBLIC_KEY: &str = "83d1b5f46d521995a92625e018426430c5999d8d126aa94d012a568f1952c597";

/// Returns the constraints that apply only in requests.
pub(super) fn in_requests() -> Vec<(&'static str, Value)> {
    // Any text is accepted, and answered.
    vec![("ticketCode", json!({ "example": TICKET_CODE }))]
}

/// Returns the constraints that apply only in answers.
pub(super) fn in_answers() -> Vec<(&'static str, Value)> {
    let time = |example: &str| json!({ "example": example });
    vec![
        ("ticketCode", json!({ "pattern": patterns::ticket_code(), "example": TICKET_CODE })),
        ("keyNumber", count(0, u8::MAX.into(), 43)),
        ("publicKey", json!({ "pattern": "^[0-9a-f]{64}$", "example": PUBLIC_KEY })),
        ("codeKeys", json!({ "maxItems": CodePeriod::ACCEPTED_AFTER + 1 + CodePeriod::PUBLISHED_BEFORE })),
        ("signsFrom", time("2030-08-06T00:00:00Z")),
        ("signsUntil", time("2030-11-04T00:00:00Z")),
        ("acceptedUntil", time("2032-10-24T00:00:00Z")),
    ]
}
