//! What the types cannot say of themselves. One name means one thing everywhere, so limits, patterns and examples are
//! given once a name, from the domain's own constants, and hold in every body, query and answer.

use serde_json::{Value, json};
use ticketly_domain::{Capacity, PageSize, PhoneNumber, SlotDescription, SlotName, TicketCount, UserName};

const DIGITS: &str = "[0-9A-HJKMNP-TV-Z]";
/// `YYYY-MM-DD HH:MM`, or RFC 3339.
const TIME: &str = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])( ([01]\d|2[0-3]):[0-5]\d|[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d))$";

/// Names, and the members that the schema of each such property or parameter gets.
pub(super) fn constraints() -> Vec<(&'static str, Value)> {
    let id = |prefix: &str, digits: u32, example: &str| json!({ "pattern": format!("^{prefix}{DIGITS}{{{digits}}}$"), "example": example });
    let slot = || id("S", 12, "SBTXCPMDG95H4");
    let ticket = || id("TKT", 41, "TKTBTXCPMDG95H4BTXCPN2XYZ7M03J9T5V8R1W6K4QGC");
    let name = |example: &str| json!({ "minLength": SlotName::MIN, "maxLength": SlotName::MAX, "example": example });
    let time = |example: &str| json!({ "pattern": TIME, "example": example });
    let count = |least: u32, most: u32, example: u32| json!({ "minimum": least, "maximum": most, "example": example });
    // Clients of the original send counts as text.
    let written_count = |least: u32, most: u32, example: Value| {
        let text = json!({ "type": "string", "pattern": r"^\d{1,6}$" });
        json!({ "type": null, "oneOf": [{ "type": "integer", "minimum": least, "maximum": most }, text], "example": example })
    };
    let phone = json!({
        "minLength": PhoneNumber::MIN,
        "pattern": format!(r"^\+?(\d[ .()/-]*){{{},{}}}$", PhoneNumber::MIN, PhoneNumber::MAX),
        "example": "9653864514",
    });
    vec![
        ("slotId", slot()),
        ("ticketSlotId", slot()),
        ("ticketId", ticket()),
        ("movedFrom", ticket()),
        ("movedTo", ticket()),
        ("bookingId", id("B", 40, "BBTXCPMDG95H4BTXCPN2XYZ7M3J9T5V8R1W6K4QGC")),
        ("userId", id("U", 20, "U3AZX054C4E56HGAYKA5X")),
        ("slotName", name("Skyfall")),
        ("movieName", name("Avatar")),
        ("newMovie", name("Avatar")),
        ("slotDescription", json!({ "maxLength": SlotDescription::MAX })),
        ("startTime", time("2020-11-01 12:22")),
        ("endTime", time("2020-11-01 15:22")),
        ("movieStartTime", time("2020-11-01 12:22")),
        ("newStartTime", time("2020-11-01 12:22")),
        ("from", time("2020-11-01 00:00")),
        ("until", time("2020-11-02 00:00")),
        ("userName", json!({ "minLength": UserName::MIN, "maxLength": UserName::MAX, "example": "John" })),
        ("userPhoneNumber", phone),
        ("phoneNumber", json!({ "pattern": r"^\+?\d{3,15}$", "example": "9653864514" })),
        ("numTickets", written_count(TicketCount::MIN.into(), TicketCount::MAX.into(), json!("3"))),
        ("capacity", written_count(Capacity::MIN, Capacity::MAX, json!(Capacity::DEFAULT.get()))),
        ("availTickets", count(0, Capacity::MAX, 17)),
        ("minAvailTickets", count(0, u32::MAX, 2)),
        ("limit", json!({ "minimum": 1, "maximum": PageSize::MAX, "default": PageSize::DEFAULT.get() })),
        ("cursor", json!({ "pattern": format!("^{DIGITS}{{25}}$") })),
        ("nextCursor", json!({ "pattern": format!("^{DIGITS}{{25}}$") })),
        ("code", json!({ "enum": CODES, "example": "sold_out" })),
        ("tickets", json!({ "maxItems": PageSize::MAX })),
        ("slots", json!({ "maxItems": PageSize::MAX })),
    ]
}

/// The codes of all problems. A client may rely on them: they are added to, never changed.
const CODES: &[&str] = &[
    // 400, 401, 403
    "malformed_json",
    "unauthenticated",
    "forbidden",
    // 404, 405
    "not_found",
    "unknown_slot",
    "unknown_ticket",
    "unknown_booking",
    "unknown_user",
    "unknown_key",
    "method_not_allowed",
    // 408, 413, 415
    "request_timeout",
    "payload_too_large",
    "unsupported_media_type",
    // 409
    "sold_out",
    "slot_ended",
    "not_booked",
    "same_slot",
    "too_many_keys",
    "label_taken",
    // 422, 429
    "invalid",
    "idempotency_key_reused",
    "rate_limited",
    // 500, 503
    "internal_server_error",
    "overloaded",
    "contended",
    "outcome_unknown",
    "stopping",
];

/// Schemas, and the members that each gets.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        (
            "BookingRequest",
            json!({
                "oneOf": either("movieName", "movieStartTime"),
                "example": {
                    "userName": "John", "userPhoneNumber": "9653864514",
                    "movieName": "Avatar", "movieStartTime": "2020-11-01 12:22", "numTickets": "3",
                },
            }),
        ),
        (
            "MoveRequest",
            json!({
                "oneOf": either("newMovie", "newStartTime"),
                "example": { "newMovie": "Avatar", "newStartTime": "2020-11-01 12:22" },
            }),
        ),
        (
            "UpdateRequest",
            json!({
                "oneOf": either("newMovie", "newStartTime"),
                "example": {
                    "ticketId": "TKTBTXCPMDG95H4BTXCPN2XYZ7M03J9T5V8R1W6K4QGC",
                    "newMovie": "Avatar", "newStartTime": "2020-11-01 12:22",
                },
            }),
        ),
        (
            "ScheduleRequest",
            json!({
                "example": {
                    "slotName": "Skyfall", "slotDescription": "Bond must face his past to save M.",
                    "startTime": "2020-11-01 12:22", "endTime": "2020-11-01 15:22",
                    "slotType": "Movie", "genre": "Action",
                },
            }),
        ),
        ("TicketRequest", json!({})),
        ("MovieSlotRequest", json!({})),
        ("GenreRequest", json!({})),
    ]
}

/// Either the slot's identifier, or both of its name and start.
fn either(name: &str, start: &str) -> Value {
    let neither = json!({ "anyOf": [{ "required": [name] }, { "required": [start] }] });
    json!([
        { "required": ["slotId"], "not": neither },
        { "required": [name, start], "not": { "required": ["slotId"] } },
    ])
}

/// The refusals that an operation adds to what its extractors and its access imply.
pub(super) const REFUSALS: &[(&str, &[u16])] = &[
    ("book", &[404, 409]),
    ("moveTicket", &[409]),
    ("cancelTicket", &[409]),
    ("bookTicket", &[404, 409]),
    ("updateMovieSlotForTicket", &[404, 409]),
    ("getAllTicketsForMovieSlot", &[404]),
    ("getUserDetailsByTicketId", &[404]),
    ("cancelTicketOriginal", &[404, 409]),
];

/// The operations whose lists are cut, with the rest behind the header Link.
pub(super) const CUT: &[&str] = &["getAllTicketsForMovieSlot", "getAllMovieSlots", "getAllMovieSlotsByGenre"];

/// Where the answer of one operation leads: the operation, what it leads to, the path parameter, and the member of the
/// answer that it takes.
pub(super) const LINKS: &[(&str, &str, &str, &str)] = &[
    ("scheduleSlot", "getSlot", "slotId", "/slotId"),
    ("scheduleSlot", "listSlotTickets", "slotId", "/slotId"),
    ("book", "getBooking", "bookingId", "/bookingId"),
    ("book", "getTicket", "ticketId", "/tickets/0/ticketId"),
    ("book", "getTicketUser", "ticketId", "/tickets/0/ticketId"),
    ("book", "cancelTicket", "ticketId", "/tickets/0/ticketId"),
    ("book", "moveTicket", "ticketId", "/tickets/0/ticketId"),
    ("book", "listUserTickets", "userId", "/userId"),
    ("moveTicket", "getTicket", "ticketId", "/newTicket/ticketId"),
    ("moveTicket", "cancelTicket", "ticketId", "/newTicket/ticketId"),
];
