//! The parts of the document that types cannot express. A name means the same everywhere, so limits, patterns and
//! examples are given once for each name, from the domain's constants, and apply to every body, query and answer.

use serde_json::{Value, json};
use ticketly_domain::{
    Auditorium, AuditoriumName, Block, BlockReason, Capacity, Erasure, PageSize, Plan, PlanVersion, Release,
    SlotDescription, SlotName, TicketCount, Turnaround, UserName, ZoneName,
};

use super::limits::{count, line};
use super::{codes, patterns, prices};

/// Returns the constraints of properties and parameters, by name, in requests and in answers.
pub(super) fn constraints() -> Vec<(&'static str, Value)> {
    let id = |prefix: &str, digits: usize, example: &str| {
        let pattern = patterns::identifier(prefix, digits);
        json!({ "pattern": pattern, "example": example })
    };
    let in_slot = |prefix: &str, digits: usize, example: &str| {
        let pattern = patterns::identifier_in_slot(prefix, digits);
        json!({ "pattern": pattern, "example": example })
    };
    let slot = || in_slot("S", 12, "SBTXCPMDG95H4");
    let ticket = || in_slot("TKT", 41, "TKTBTXCPMDG95H4BTXCPN2XYZ7M03J9T5V8R1W6K4QGC");
    let name = |example: &str| line(SlotName::MIN, SlotName::MAX, example);
    let cursor = || json!({ "pattern": patterns::cursor() });
    let mut members = vec![
        ("slotId", slot()),
        ("ticketSlotId", slot()),
        ("ticketId", ticket()),
        (
            "ticketIds",
            json!({
                "items": { "type": "string", "pattern": patterns::identifier_in_slot("TKT", 41) },
                "minItems": 1, "maxItems": TicketCount::MAX,
            }),
        ),
        ("movedFrom", ticket()),
        ("movedTo", ticket()),
        ("currentTicketId", ticket()),
        (
            "currentBookingIds",
            json!({
                "items": { "type": "string", "pattern": patterns::identifier_in_slot("B", 40) },
                "minItems": 1, "maxItems": TicketCount::MAX,
            }),
        ),
        ("bookingId", in_slot("B", 40, "BBTXCPMDG95H4BTXCPN2XYZ7M3J9T5V8R1W6K4QGC")),
        ("holdId", in_slot("B", 40, "BBTXCPMDG95H4BTXCPN2XYZ7M3J9T5V8R1W6K4QGC")),
        ("userId", id("U", 20, "U3AZX054C4E56HGAYKA5X")),
        ("slotName", name("Skyfall")),
        ("movieName", name("Avatar")),
        ("newMovie", name("Avatar")),
        ("slotDescription", json!({ "maxLength": SlotDescription::MAX, "pattern": patterns::lines() })),
        ("userName", line(UserName::MIN, UserName::MAX, "John")),
        ("userPhoneNumber", json!({ "pattern": patterns::phone_number(), "example": "9653864514" })),
        ("phoneNumber", json!({ "pattern": r"^\+?[0-9]{3,15}$", "example": "9653864514" })),
        ("availTickets", count(0, Capacity::MAX, 17)),
        ("minAvailTickets", count(0, u32::MAX, 2)),
        ("limit", json!({ "minimum": 1, "maximum": PageSize::MAX, "default": PageSize::DEFAULT.get() })),
        ("cursor", cursor()),
        ("nextCursor", cursor()),
        ("code", json!({ "enum": CODES, "example": "sold_out" })),
        ("tickets", json!({ "maxItems": PageSize::MAX })),
        ("slots", json!({ "maxItems": PageSize::MAX })),
        ("newSlotId", slot()),
        ("movedBookings", json!({ "minimum": 0, "example": 117 })),
        ("movedTickets", json!({ "minimum": 0, "example": 241 })),
        ("impossibleBookings", json!({ "minimum": 0, "example": 1 })),
        ("moves", json!({ "maxItems": Plan::MAX_SEATS })),
        ("impossible", json!({ "maxItems": Plan::MAX_SEATS })),
        ("newSeats", json!({ "items": seat(), "example": ["E5", "E6"] })),
        ("calls", json!({ "maxItems": PageSize::MAX })),
        ("canceledBookings", json!({ "minimum": 0, "example": 117 })),
        ("erasedBookings", json!({ "minimum": 0, "example": 12 })),
        ("erasedPayments", json!({ "minimum": 0, "example": 9 })),
        ("keptBookings", json!({ "maxItems": Erasure::MOST_KEPT })),
        ("canceledTickets", json!({ "minimum": 0, "example": 241 })),
        ("refundSums", json!({ "maxItems": 200 })),
        ("releasedHolds", json!({ "minimum": 0, "example": 2 })),
    ];
    members.extend(constraints_of_plans());
    members.extend(prices::constraints());
    members
}

/// Returns the constraints of auditoriums, their plans and seats.
fn constraints_of_plans() -> Vec<(&'static str, Value)> {
    vec![
        ("auditoriumId", json!({ "pattern": patterns::identifier("A", 12), "example": "ABTXCPMDG95H4" })),
        ("name", line(AuditoriumName::MIN, AuditoriumName::MAX, "Hall 1")),
        ("planVersion", count(PlanVersion::FIRST.0, PlanVersion::MAX.0, 1)),
        ("version", count(PlanVersion::FIRST.0, PlanVersion::MAX.0, 1)),
        (
            "focus",
            json!({
                "minItems": 2, "maxItems": 2, "items": { "type": "number", "minimum": 0, "maximum": 1 }, "example": [0.5, 0.62],
            }),
        ),
        (
            "legend",
            json!({
                "minProperties": 1, "maxProperties": Plan::MAX_LEGEND, "example": { ".": "standard", "w": "wheelchair" },
                "additionalProperties": {
                    "type": "string", "minLength": ZoneName::MIN, "maxLength": ZoneName::MAX, "pattern": patterns::line(),
                },
            }),
        ),
        ("rows", json!({ "minItems": 1, "maxItems": Plan::MAX_ROWS })),
        ("row", json!({ "pattern": format!("^[0-9A-Z]{{1,{}}}$", Plan::MAX_LABEL), "example": "F" })),
        ("step", json!({ "enum": [1, -1, 2, -2], "example": 1 })),
        ("availability", json!({ "maxLength": Plan::MAX_PLACES, "pattern": "^[.hx_ ]*$", "example": "x._h.xx" })),
        ("places", json!({ "maxLength": Plan::MAX_PLACES, "pattern": "^[ -~]*$", "example": "ww_....." })),
        ("number", count(1, most_on_a_seat(), 7)),
        ("seat", json!({ "example": "F7" })),
        ("seats", json!({ "items": seat(), "example": ["F7", "F8"] })),
        ("zone", line(ZoneName::MIN, ZoneName::MAX, "standard")),
        ("zones", json!({ "maxItems": Plan::MAX_LEGEND })),
        ("alternative", json!({ "items": seat(), "example": ["F9", "F10"] })),
        ("proposals", json!({ "example": [["F8", "F9"], ["F5", "F6"]] })),
        ("auditoriums", json!({ "maxItems": Auditorium::MAX })),
        ("blockId", json!({ "pattern": patterns::identifier("BLK", 12), "example": "BLKBTXCPN2XYZ7M" })),
        ("reason", line(BlockReason::MIN, BlockReason::MAX, "House seats")),
    ]
}

/// Returns the constraints that apply only in requests: in bodies and parameters.
pub(super) fn in_requests() -> Vec<(&'static str, Value)> {
    let time = |example: &str| json!({ "pattern": patterns::time(), "example": example });
    // Clients of the legacy interface send counts as text.
    let count = |most: u32, example: u32| {
        let number = json!({ "type": "integer", "minimum": 1, "maximum": most });
        let text = json!({ "type": "string", "pattern": patterns::count(most) });
        json!({ "type": null, "oneOf": [number, text], "example": example })
    };
    let whole = |least: u32, most: u32, pattern: &str, example: u32| {
        let number = json!({ "type": "integer", "minimum": least, "maximum": most });
        let text = json!({ "type": "string", "pattern": format!("^0*({pattern})$") });
        json!({ "type": null, "oneOf": [number, text], "example": example })
    };
    let mut members = vec![
        ("startTime", time("2030-11-01 12:22")),
        ("endTime", time("2030-11-01 15:22")),
        ("movieStartTime", time("2030-11-01 12:22")),
        ("newStartTime", time("2030-11-01 12:22")),
        ("releasedAt", time("2030-11-01 11:00")),
        ("releasedMinutesBeforeStart", whole(0, Release::MAX_MINUTES_BEFORE_START, "[0-9]{1,5}|100000", 60)),
        ("validFrom", time("2030-10-01 00:00")),
        ("validUntil", time("2030-12-01 00:00")),
        ("from", time("2030-11-01 00:00")),
        ("until", time("2030-11-02 00:00")),
        ("numTickets", whole(1, TicketCount::MAX.into(), "[1-9]|[12][0-9]|3[0-2]", 3)),
        ("capacity", count(Capacity::MAX, Capacity::DEFAULT.get())),
        (
            "turnaroundMinutes",
            whole(0, Turnaround::MAX.into(), "[01]?[0-9]?[0-9]|2[0-3][0-9]|240", Turnaround::DEFAULT.minutes().into()),
        ),
        ("seats", json!({ "minItems": TicketCount::MIN, "maxItems": TicketCount::MAX })),
        ("accessible", whole(0, TicketCount::MAX.into(), "[12]?[0-9]|3[0-2]", 1)),
    ];
    members.extend(codes::in_requests());
    members.extend(prices::in_requests());
    members
}

/// Returns the constraints that apply only in answers.
pub(super) fn in_answers() -> Vec<(&'static str, Value)> {
    let time = |example: &str| json!({ "example": example });
    let mut members = vec![
        ("startTime", time("2030-11-01T12:22:00Z")),
        ("endTime", time("2030-11-01T15:22:00Z")),
        ("heldUntil", time("2030-10-25T18:40:00Z")),
        ("numTickets", count(TicketCount::MIN.into(), TicketCount::MAX.into(), 3)),
        ("validFrom", time("2030-10-01T00:00:00Z")),
        ("validUntil", time("2030-12-01T00:00:00Z")),
        ("addedAt", time("2030-09-25T18:30:00Z")),
        ("bookedAt", time("2030-10-25T18:30:00Z")),
        ("startedAt", time("2030-10-25T18:30:00Z")),
        ("stateSince", time("2030-10-25T18:30:00Z")),
        ("reseatedAt", time("2030-10-25T18:30:00Z")),
        ("doneAt", time("2030-10-25T18:30:02Z")),
        ("canceledAt", time("2030-10-25T18:30:00Z")),
        ("statusSince", time("2030-10-25T18:30:00Z")),
        ("computedAt", time("2030-11-02T00:22:00Z")),
        ("occupiedUntil", time("2030-11-01T15:37:00Z")),
        ("releasedAt", time("2030-11-01T11:00:00Z")),
        ("capacity", count(Capacity::MIN, Capacity::MAX, Capacity::DEFAULT.get())),
        ("turnaroundMinutes", count(0, Turnaround::MAX.into(), Turnaround::DEFAULT.minutes().into())),
        // The number of a row's first seat. In requests, it is the beginning of a time.
        ("from", count(1, most_on_a_seat(), 1)),
    ];
    members.extend(codes::in_answers());
    members.extend(prices::in_answers());
    members
}

/// Returns the greatest number on a seat.
fn most_on_a_seat() -> u32 {
    Plan::MAX_NUMBER.unsigned_abs()
}

/// Returns the schema of a seat's label.
fn seat() -> Value {
    json!({ "type": "string", "pattern": patterns::seat(), "example": "F7" })
}

/// The codes of all problems. Clients may rely on them: codes are added, never changed.
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
    "unknown_auditorium",
    "unknown_plan",
    "unknown_price_list",
    "unknown_prices",
    "unknown_promotion",
    "unknown_payment",
    "unknown_refund",
    "unknown_block",
    "unknown_hold",
    "unknown_cancellation",
    "unknown_reseating",
    "method_not_allowed",
    // 408, 413, 415
    "request_timeout",
    "payload_too_large",
    "unsupported_media_type",
    // 409
    "sold_out",
    "not_together",
    "seats_taken",
    "leaves_single_seat",
    "accessible_seat",
    "other_wheelchairs",
    "several_slots",
    "auditorium_occupied",
    "too_many_showings",
    "too_many_auditoriums",
    "too_many_plans",
    "too_many_price_lists",
    "too_many_prices",
    "too_many_promotions",
    "promotion_exists",
    "promotion_used_up",
    "layout_too_old",
    "payment_required",
    "price_differs",
    "refund_online",
    "no_online_payments",
    "no_ticket_codes",
    "payment_not_unpaid",
    "slot_ended",
    "booking_closed",
    "sales_closed",
    "slot_canceled",
    "slot_moved",
    "slot_booked",
    "slot_blocked",
    "too_many_blocks",
    "changes_closed",
    "too_many_held",
    "hold_lapsed",
    "hold_released",
    "hold_confirmed",
    "hold_limit",
    "box_office_only",
    "too_many_tickets",
    "not_booked",
    "same_slot",
    "too_many_keys",
    "label_taken",
    // 422, 429
    "invalid",
    "seat_count",
    "unknown_seat",
    "unknown_zone",
    "no_seating_plan",
    "idempotency_key_reused",
    "rate_limited",
    "too_many_streams",
    "too_many_holds",
    // 500, 502, 503
    "internal_server_error",
    "payment_provider_refused",
    "payment_provider_unavailable",
    "overloaded",
    "contended",
    "storage_full",
    "outcome_unknown",
    "stopping",
];

/// Returns the members that are added to schemas.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let schedule = json!({
        "slotName": "Skyfall", "slotDescription": "Bond must face his past to save M.",
        "startTime": "2030-11-01 12:22", "endTime": "2030-11-01 15:22",
        "slotType": "Movie", "genre": "Action",
    });
    let plan = json!({
        "name": "Studio", "legend": { ".": "standard", "w": "wheelchair", "c": "companion" },
        "rows": [
            { "row": "A", "places": "....._....." },
            { "row": "B", "from": 1, "step": 1, "places": "wc..._....." },
        ],
    });
    let mut members = vec![
        ("ScheduleRequest", json!({ "example": schedule })),
        ("AuditoriumRequest", json!({ "example": plan })),
        ("BlockRequest", json!({ "properties": { "seats": { "maxItems": Block::MAX_SEATS } } })),
        ("PlanRequest", json!({ "example": plan })),
        ("PlanRowRequest", json!({ "additionalProperties": false })),
    ];
    members.extend(prices::schemas());
    members
}

/// The statuses of refusals that an operation's extractors and access do not imply.
pub(super) const REFUSALS: &[(&str, &[u16])] = &[
    ("addAuditorium", &[409]),
    ("replacePlan", &[409]),
    ("addPriceList", &[409]),
    ("replacePrices", &[409]),
    ("addPromotion", &[409]),
    ("scheduleSlot", &[404, 409]),
    ("scheduleMovie", &[404, 409]),
    ("book", &[404, 409]),
    ("holdSeats", &[404, 409]),
    ("confirmHold", &[409]),
    ("completeRefund", &[409]),
    ("startPayment", &[409, 502]),
    ("notifyPayment", &[404, 409]),
    ("completePayment", &[409, 502]),
    ("extendHold", &[409]),
    ("releaseHold", &[409]),
    ("correctSlot", &[409]),
    ("closeSlot", &[409]),
    ("reopenSlot", &[409]),
    ("cancelSlot", &[409]),
    ("reseatSlot", &[409]),
    ("addBlock", &[409]),
    ("moveBooking", &[409]),
    ("cancelBooking", &[409]),
    ("moveTicket", &[409]),
    ("cancelTicket", &[409]),
    ("getTicketCode", &[409]),
    ("listCodeKeys", &[409]),
    ("verifyCode", &[409]),
    ("bookTicket", &[404, 409]),
    ("updateMovieSlotForTicket", &[404, 409]),
    ("getAllTicketsForMovieSlot", &[404]),
    ("getUserDetailsByTicketId", &[404]),
    ("cancelTicketLegacy", &[404, 409]),
];

/// The operations that also answer with a table, and whether it has pages, with the path of the next in the header Link.
pub(super) const TABLES: &[(&str, bool)] = &[("getSlotTotals", false), ("listTotals", true)];

/// The operations whose lists are cut, with the path of the rest in the header Link.
pub(super) const CUT: &[&str] = &["getAllTicketsForMovieSlot", "getAllMovieSlots", "getAllMovieSlotsByGenre"];

/// The links from the answers of operations: the operation, the linked operation, its path parameter, and the member of
/// the answer that provides the parameter.
pub(super) const LINKS: &[(&str, &str, &str, &str)] = &[
    ("addAuditorium", "getAuditorium", "auditoriumId", "/auditoriumId"),
    ("addAuditorium", "getPlan", "auditoriumId", "/auditoriumId"),
    ("addAuditorium", "replacePlan", "auditoriumId", "/auditoriumId"),
    ("addAuditorium", "getTimetable", "auditoriumId", "/auditoriumId"),
    ("addPriceList", "getPriceList", "priceListId", "/priceListId"),
    ("addPriceList", "replacePrices", "priceListId", "/priceListId"),
    ("addPromotion", "getPromotion", "promotionCode", "/promotionCode"),
    ("addPromotion", "changePromotion", "promotionCode", "/promotionCode"),
    ("scheduleSlot", "getSlot", "slotId", "/slotId"),
    ("scheduleSlot", "getSlotPrices", "slotId", "/slotId"),
    ("scheduleSlot", "listSlotTickets", "slotId", "/slotId"),
    ("scheduleSlot", "getSlotTotals", "slotId", "/slotId"),
    ("scheduleSlot", "getSeats", "slotId", "/slotId"),
    ("scheduleSlot", "correctSlot", "slotId", "/slotId"),
    ("scheduleSlot", "addBlock", "slotId", "/slotId"),
    ("scheduleSlot", "listBlocks", "slotId", "/slotId"),
    ("scheduleSlot", "closeSlot", "slotId", "/slotId"),
    ("scheduleSlot", "reopenSlot", "slotId", "/slotId"),
    ("scheduleSlot", "cancelSlot", "slotId", "/slotId"),
    ("scheduleSlot", "getCancellation", "slotId", "/slotId"),
    ("scheduleSlot", "getCallList", "slotId", "/slotId"),
    ("scheduleSlot", "reseatSlot", "slotId", "/slotId"),
    ("scheduleSlot", "getReseating", "slotId", "/slotId"),
    ("addBlock", "deleteBlock", "slotId", "/slotId"),
    ("addBlock", "deleteBlock", "blockId", "/blockId"),
    ("holdSeats", "getHold", "holdId", "/holdId"),
    ("holdSeats", "confirmHold", "holdId", "/holdId"),
    ("holdSeats", "extendHold", "holdId", "/holdId"),
    ("holdSeats", "releaseHold", "holdId", "/holdId"),
    ("holdSeats", "startPayment", "holdId", "/holdId"),
    ("startPayment", "getPayment", "paymentId", "/paymentId"),
    ("confirmHold", "getBooking", "bookingId", "/bookingId"),
    ("confirmHold", "getPayment", "paymentId", "/paymentId"),
    ("book", "getBooking", "bookingId", "/bookingId"),
    ("book", "getPayment", "paymentId", "/paymentId"),
    ("book", "moveBooking", "bookingId", "/bookingId"),
    ("book", "cancelBooking", "bookingId", "/bookingId"),
    ("book", "getTicket", "ticketId", "/tickets/0/ticketId"),
    ("book", "getTicketUser", "ticketId", "/tickets/0/ticketId"),
    ("book", "getTicketCode", "ticketId", "/tickets/0/ticketId"),
    ("book", "cancelTicket", "ticketId", "/tickets/0/ticketId"),
    ("book", "moveTicket", "ticketId", "/tickets/0/ticketId"),
    ("book", "listUserTickets", "userId", "/userId"),
    ("moveTicket", "getTicket", "ticketId", "/newTicket/ticketId"),
    ("moveTicket", "getTicketCode", "ticketId", "/newTicket/ticketId"),
    ("moveTicket", "cancelTicket", "ticketId", "/newTicket/ticketId"),
];
