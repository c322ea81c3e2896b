//! The parts of the document about prices that types cannot express.

use serde_json::{Value, json};
use ticketly_domain::{
    Amount, HttpUrl, PageSize, PaymentReference, Plan, PriceList, PriceListVersion, Promotion, SlotTotals,
    StoredPriceList, TaxRate, TicketCount, TicketTypeName, Uses,
};

use super::limits::{count, line};
use super::patterns;

/// Returns the constraints of price lists and prices, by name, in requests and in answers.
pub(super) fn constraints() -> Vec<(&'static str, Value)> {
    let ticket_type = || line(TicketTypeName::MIN, TicketTypeName::MAX, "adult");
    let ticket_types = json!({
        "maxItems": PriceList::MAX_TYPES, "example": ["adult", "child"],
        "items": {
            "type": "string", "minLength": TicketTypeName::MIN, "maxLength": TicketTypeName::MAX, "pattern": patterns::line(),
        },
    });
    vec![
        ("priceListId", json!({ "pattern": patterns::identifier("PL", 12), "example": "PLBTXCPMDG95H4" })),
        ("priceListVersion", count(PriceListVersion::FIRST.0, PriceListVersion::MAX.0, 1)),
        ("currency", json!({ "pattern": "^[A-Z]{3}$", "example": "EUR" })),
        ("digits", json!({ "enum": [0, 2, 3], "example": 2 })),
        ("taxRate", count(0, TaxRate::MAX.into(), 700)),
        ("ticketType", ticket_type()),
        ("ticketTypes", ticket_types),
        ("amount", json!({ "minimum": 0, "example": 1100 })),
        ("price", count(0, Amount::MAX, 1100)),
        ("ticketPrices", json!({ "maxItems": TicketCount::MAX, "example": [1100, 700] })),
        ("total", json!({ "minimum": 0, "example": 1800 })),
        ("paymentId", json!({ "pattern": patterns::random("PAY"), "example": "PAY7YYWCP5JKAADEGDRP0JF04E2AV" })),
        ("refundId", json!({ "pattern": patterns::random("REF"), "example": "REF7JZ3QQBFNMYRNWSQEVD8QTC1D3" })),
        ("paymentReference", line(PaymentReference::MIN, PaymentReference::MAX, "Receipt 4711")),
        ("refunds", json!({ "maxItems": PageSize::MAX })),
        ("payments", json!({ "maxItems": PageSize::MAX })),
        ("paymentUrl", json!({ "maxLength": HttpUrl::MAX, "example": "https://pay.example/p/7" })),
        (
            "returnUrl",
            json!({ "maxLength": HttpUrl::MAX, "pattern": patterns::url(), "example": "https://cinema.example/paid" }),
        ),
        ("promotionCode", json!({ "pattern": patterns::promotion_code(), "example": "AUTUMN-2030-QX7" })),
        ("percent", count(1, 100, 10)),
        ("uses", count(1, Uses::MAX, 200)),
        ("used", json!({ "minimum": 0, "example": 17 })),
        ("discount", json!({ "minimum": 0, "example": 200 })),
        ("promotions", json!({ "maxItems": Promotion::MAX })),
        ("format", json!({ "enum": ["json", "csv"] })),
        ("totals", json!({ "maxItems": PageSize::MAX })),
        ("sums", json!({ "maxItems": SlotTotals::MAX_LINES })),
        ("days", json!({ "maxItems": PageSize::MAX })),
        ("day", json!({ "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "example": "2030-11-01" })),
        ("byTypeAndZone", json!({ "maxItems": 2 * SlotTotals::MAX_LINES })),
        ("soldTickets", json!({ "minimum": 0, "example": 212 })),
        ("canceledTickets", json!({ "minimum": 0, "example": 3 })),
        ("takings", json!({ "minimum": 0, "example": 233_200 })),
        ("includedTax", json!({ "minimum": 0, "example": 15_256 })),
        ("refunded", json!({ "minimum": 0, "example": 2200 })),
        ("kept", json!({ "minimum": 0, "example": 1100 })),
        ("priceLists", json!({ "maxItems": StoredPriceList::MAX })),
        ("free", json!({ "enum": [true], "example": true })),
    ]
}

/// Returns the constraints that apply only in requests.
pub(super) fn in_requests() -> Vec<(&'static str, Value)> {
    let name = json!({
        "type": "string", "minLength": TicketTypeName::MIN, "maxLength": TicketTypeName::MAX, "pattern": patterns::line(),
    });
    let each = json!({ "type": "array", "minItems": 1, "maxItems": TicketCount::MAX, "items": name });
    let counts = json!({
        "type": "object", "minProperties": 1, "maxProperties": TicketCount::MAX,
        "additionalProperties": { "type": "integer", "minimum": 0, "maximum": TicketCount::MAX },
    });
    vec![
        ("prices", json!({ "minItems": 1, "maxItems": PriceList::MAX_PRICES })),
        (
            "ticketTypes",
            json!({ "type": null, "items": null, "maxItems": null, "oneOf": [each, counts], "example": ["adult", "child"] }),
        ),
    ]
}

/// Returns the constraints that apply only in answers.
pub(super) fn in_answers() -> Vec<(&'static str, Value)> {
    // A slot has the price of each type in each zone.
    vec![("prices", json!({ "maxItems": PriceList::MAX_TYPES * Plan::MAX_LEGEND }))]
}

/// Returns the members that are added to schemas.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let prices = json!([
        { "ticketType": "adult", "amount": 1100 },
        { "ticketType": "child", "amount": 750 },
        { "ticketType": "adult", "zone": "lounge", "amount": 1490 },
    ]);
    let other_prices = json!({ "currency": "EUR", "taxRate": 700, "prices": prices });
    let list = json!({ "name": "Weekend", "currency": "EUR", "taxRate": 700, "prices": prices });
    let promotion = json!({ "promotionCode": "AUTUMN-2030-QX7", "percent": 10, "uses": 200 });
    let correction = json!({
        "slotDescription": "Bond must face his past to save M.", "genre": "Adventure", "priceListId": "PLBTXCPMDG95H4",
    });
    let notification = json!({
        "type": "payment.authorised", "timestamp": "2030-10-25T18:31:07Z",
        "data": { "paymentId": "PAY7YYWCP5JKAADEGDRP0JF04E2AV", "currency": "EUR", "amount": 1800 },
    });
    vec![
        ("PaymentNotification", json!({ "example": notification })),
        ("CorrectRequest", json!({ "example": correction })),
        ("PriceListRequest", json!({ "example": list })),
        ("PromotionRequest", json!({ "example": promotion })),
        ("PromotionChangeRequest", json!({ "example": { "uses": 300 } })),
        ("PricesRequest", json!({ "example": other_prices })),
        (
            "PriceRequest",
            json!({ "additionalProperties": false, "properties": { "amount": count(0, Amount::MAX, 1100) } }),
        ),
    ]
}
