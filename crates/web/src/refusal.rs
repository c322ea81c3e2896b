//! What went wrong, for people: what the domain refuses, in their language, and what they can do about it.

use chrono::{DateTime, Utc};
use fluent_bundle::FluentValue;
use ticketly_domain::{Entity, Error, Invalid, PaymentError, Refusal, StoreError};
use ticketly_http::zone::Zone;

use crate::locale::{Text, Words, texts};

/// Says why a use case failed, and what to do.
pub(crate) fn tell(words: Words, zone: Zone, error: &Error) -> String {
    match error {
        Error::Invalid(invalid) => of_invalid(words, invalid),
        Error::Refused(refusal) | Error::Store(StoreError::Refused(refusal)) => of_refusal(words, zone, refusal),
        Error::Store(StoreError::IdTaken | StoreError::Overloaded | StoreError::Contended) => {
            words.say(texts::FAILED_BUSY)
        }
        Error::Store(StoreError::StorageFull(_)) => words.say(texts::FAILED_FULL),
        Error::Store(StoreError::OutcomeUnknown(_)) => words.say(texts::FAILED_UNKNOWN),
        Error::Store(StoreError::Failed(_)) | Error::Signing(_) => words.say(texts::FAILED_SERVER),
        Error::Payment(PaymentError::Refused { .. }) => words.say(texts::FAILED_PAYMENT_REFUSED),
        Error::Payment(PaymentError::Unavailable(_) | PaymentError::OutcomeUnknown(_)) => {
            words.say(texts::FAILED_PAYMENT_UNAVAILABLE)
        }
    }
}

/// Says why a rule refuses a request, and what to do. Each refusal that there is has a text of its own.
pub(crate) fn of_refusal(words: Words, zone: Zone, refusal: &Refusal) -> String {
    let say = |text| words.say(text);
    let number = |text, name: &'static str, number: u64| words.tell(text, [(name, number.into())]);
    let limit = |text, limit: usize| number(text, "limit", u64::try_from(limit).unwrap_or(u64::MAX));
    let seats = |text, seats: &[String]| of_seats(words, text, seats);
    match refusal {
        Refusal::Unknown(entity) => say(of_unknown(*entity)),
        Refusal::SoldOut { available } => number(texts::REFUSED_SOLD_OUT, "available", (*available).into()),
        Refusal::NotTogether { available } => number(texts::REFUSED_NOT_TOGETHER, "available", (*available).into()),
        Refusal::SeatsTaken { seats: taken, .. } => seats(texts::REFUSED_SEATS_TAKEN, taken),
        Refusal::LeavesSingleSeat { seats: left, .. } => seats(texts::REFUSED_LEAVES_SINGLE_SEAT, left),
        Refusal::AccessibleSeats { seats: places } => seats(texts::REFUSED_ACCESSIBLE_SEATS, places),
        Refusal::OtherWheelchairs { wheelchairs } => count(words, texts::REFUSED_OTHER_WHEELCHAIRS, *wheelchairs),
        Refusal::SeatCount { tickets } => count(words, texts::REFUSED_SEAT_COUNT, *tickets),
        Refusal::UnknownSeat { seat } => words.tell(texts::REFUSED_UNKNOWN_SEAT, [("seat", seat.as_str().into())]),
        Refusal::UnknownZone { zones } => words.tell(texts::REFUSED_UNKNOWN_ZONE, [("zones", zones.join(", ").into())]),
        Refusal::AuditoriumOccupied { name, start, until, .. } => occupied(words, zone, name, [*start, *until]),
        Refusal::TooManyShowings { limit: most } => limit(texts::REFUSED_TOO_MANY_SHOWINGS, *most),
        Refusal::TooManyAuditoriums { limit: most } => limit(texts::REFUSED_TOO_MANY_AUDITORIUMS, *most),
        Refusal::TooManyPlans { limit: most } => number(texts::REFUSED_TOO_MANY_PLANS, "limit", (*most).into()),
        Refusal::TooManyPriceLists { limit: most } => limit(texts::REFUSED_TOO_MANY_PRICE_LISTS, *most),
        Refusal::TooManyPrices { limit: most } => number(texts::REFUSED_TOO_MANY_PRICES, "limit", (*most).into()),
        Refusal::TooManyPromotions { limit: most } => limit(texts::REFUSED_TOO_MANY_PROMOTIONS, *most),
        Refusal::TooManyBlocks { limit: most } => limit(texts::REFUSED_TOO_MANY_BLOCKS, *most),
        Refusal::TooManyTickets { limit: most } => number(texts::REFUSED_TOO_MANY_TICKETS, "limit", (*most).into()),
        Refusal::TooManyKeys { limit: most } => number(texts::REFUSED_TOO_MANY_KEYS, "limit", (*most).into()),
        Refusal::Invalid(invalid) => of_invalid(words, invalid),
        Refusal::PriceDiffers { difference, currency } => {
            words.tell(texts::REFUSED_PRICE_DIFFERS, [("sum", words.money(*difference, *currency).into())])
        }
        Refusal::NotUnpaid { state } => words.tell(texts::REFUSED_NOT_UNPAID, [("state", state.as_str().into())]),
        Refusal::WhileHeld { refusal, next_lapse } => {
            let reason = of_refusal(words, zone, refusal);
            let time = words.time(zone.show(*next_lapse).time());
            words.tell(texts::REFUSED_WHILE_HELD, [("reason", reason.into()), ("time", time.into())])
        }
        Refusal::HoldLimit { until } => {
            words.tell(texts::REFUSED_HOLD_LIMIT, [("until", words.time(zone.show(*until).time()).into())])
        }
        Refusal::NotBooked { status } => words.tell(texts::REFUSED_NOT_BOOKED, [("status", status.as_str().into())]),
        Refusal::NoSeatingPlan => say(texts::REFUSED_NO_SEATING_PLAN),
        Refusal::SeveralSlots => say(texts::REFUSED_SEVERAL_SLOTS),
        Refusal::PromotionExists => say(texts::REFUSED_PROMOTION_EXISTS),
        Refusal::PromotionUsedUp => say(texts::REFUSED_PROMOTION_USED_UP),
        Refusal::LayoutTooOld => say(texts::REFUSED_LAYOUT_TOO_OLD),
        Refusal::PaymentRequired => say(texts::REFUSED_PAYMENT_REQUIRED),
        Refusal::SlotEnded => say(texts::REFUSED_SLOT_ENDED),
        Refusal::SalesClosed => say(texts::REFUSED_SALES_CLOSED),
        Refusal::SlotCanceled => say(texts::REFUSED_SLOT_CANCELED),
        Refusal::SlotMoved => say(texts::REFUSED_SLOT_MOVED),
        Refusal::SlotBooked => say(texts::REFUSED_SLOT_BOOKED),
        Refusal::SlotBlocked => say(texts::REFUSED_SLOT_BLOCKED),
        Refusal::BlocksDue { .. } => say(texts::FAILED_BUSY),
        Refusal::NoOnlinePayments => say(texts::REFUSED_NO_ONLINE_PAYMENTS),
        Refusal::NoTicketCodes => say(texts::REFUSED_NO_TICKET_CODES),
        Refusal::RefundOnline => say(texts::REFUSED_REFUND_ONLINE),
        Refusal::BookingClosed => say(texts::REFUSED_BOOKING_CLOSED),
        Refusal::ChangesClosed => say(texts::REFUSED_CHANGES_CLOSED),
        Refusal::TooManyHeld { .. } => say(texts::REFUSED_TOO_MANY_HELD),
        Refusal::HoldLapsed => say(texts::REFUSED_HOLD_LAPSED),
        Refusal::HoldReleased => say(texts::REFUSED_HOLD_RELEASED),
        Refusal::HoldConfirmed => say(texts::REFUSED_HOLD_CONFIRMED),
        Refusal::BoxOfficeOnly => say(texts::REFUSED_BOX_OFFICE_ONLY),
        Refusal::SameSlot => say(texts::REFUSED_SAME_SLOT),
        Refusal::KeyReused => say(texts::REFUSED_KEY_REUSED),
        Refusal::LabelTaken => say(texts::REFUSED_LABEL_TAKEN),
    }
}

fn of_unknown(entity: Entity) -> Text {
    match entity {
        Entity::Slot => texts::REFUSED_SLOT,
        Entity::Ticket => texts::REFUSED_TICKET,
        Entity::Booking => texts::REFUSED_BOOKING,
        Entity::User => texts::REFUSED_USER,
        Entity::ApiKey => texts::REFUSED_API_KEY,
        Entity::Auditorium => texts::REFUSED_AUDITORIUM,
        Entity::Plan => texts::REFUSED_PLAN,
        Entity::Block => texts::REFUSED_BLOCK,
        Entity::Hold => texts::REFUSED_HOLD,
        Entity::Payment => texts::REFUSED_PAYMENT,
        Entity::Refund => texts::REFUSED_REFUND,
        Entity::PriceList => texts::REFUSED_PRICE_LIST,
        Entity::Promotion => texts::REFUSED_PROMOTION,
        Entity::Prices => texts::REFUSED_PRICES,
        Entity::Cancellation => texts::REFUSED_CANCELLATION,
        Entity::Reseating => texts::REFUSED_RESEATING,
    }
}

fn count(words: Words, text: Text, count: usize) -> String {
    words.tell(text, [("count", FluentValue::from(count))])
}

fn of_seats(words: Words, text: Text, seats: &[String]) -> String {
    words.tell(text, [("count", FluentValue::from(seats.len())), ("seats", seats.join(", ").into())])
}

fn occupied(words: Words, zone: Zone, name: &str, times: [DateTime<Utc>; 2]) -> String {
    let [start, until] = times.map(|time| zone.show(time));
    let start = format!("{}, {}", words.day(start.date_naive()), words.time(start.time()));
    let until = words.time(until.time());
    words.tell(
        texts::REFUSED_AUDITORIUM_OCCUPIED,
        [("name", name.into()), ("start", start.into()), ("until", until.into())],
    )
}

/// Says what to give instead of a value, by the domain's name of its field. A page shows it at the field.
pub(crate) fn of_invalid(words: Words, invalid: &Invalid) -> String {
    let Invalid { field, reason } = invalid;
    let text = match *field {
        "userName" => texts::INVALID_USER_NAME,
        "userPhoneNumber" => texts::INVALID_PHONE,
        "slotName" => texts::INVALID_SLOT_NAME,
        "slotDescription" => texts::INVALID_SLOT_DESCRIPTION,
        "auditoriumName" => texts::INVALID_AUDITORIUM_NAME,
        "auditoriumId" => texts::INVALID_AUDITORIUM,
        "zone" => texts::INVALID_ZONE,
        "seats" => texts::INVALID_SEATS,
        "numTickets" => texts::INVALID_NUM_TICKETS,
        "accessible" => texts::INVALID_ACCESSIBLE,
        "allowSingleSeats" => texts::INVALID_SINGLE_SEATS,
        "blockId" => texts::INVALID_BLOCK,
        "ticketTypes" => texts::INVALID_TICKET_TYPES,
        "ticketType" => texts::INVALID_TICKET_TYPE,
        "promotionCode" => texts::INVALID_PROMOTION_CODE,
        "reason" => texts::INVALID_REASON,
        "paymentReference" => texts::INVALID_PAYMENT_REFERENCE,
        "paymentMethod" => texts::INVALID_PAYMENT_METHOD,
        "holdId" => texts::INVALID_NOTHING_TO_PAY,
        "priceListId" => texts::INVALID_PRICE_LIST,
        "priceListName" => texts::INVALID_PRICE_LIST_NAME,
        "prices" => texts::INVALID_PRICES,
        "amount" => texts::INVALID_AMOUNT,
        "currency" => texts::INVALID_CURRENCY,
        "taxRate" => texts::INVALID_TAX_RATE,
        "percent" => texts::INVALID_PERCENT,
        "uses" => texts::INVALID_USES,
        "validUntil" => texts::INVALID_VALID_UNTIL,
        "startTime" => texts::INVALID_START_TIME,
        "endTime" => texts::INVALID_END_TIME,
        "capacity" => texts::INVALID_CAPACITY,
        "turnaroundMinutes" => texts::INVALID_TURNAROUND,
        "plan" | "focus" | "legend" | "rows" | "row" | "from" | "step" | "places" => texts::INVALID_PLAN,
        "releasedAt" | "releasedMinutesBeforeStart" => texts::INVALID_RELEASED_AT,
        "until" => texts::INVALID_UNTIL,
        "label" => texts::INVALID_LABEL,
        "key" => texts::INVALID_KEY,
        "sales" => texts::INVALID_SALES,
        "cursor" | "limit" => texts::INVALID_CURSOR,
        "genre" | "slotType" | "singleSeats" | "ticketStatus" | "status" | "role" => texts::INVALID_CHOICE,
        _ => texts::INVALID_OTHER,
    };
    words.tell(text, [("reason", reason.as_str().into())])
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderValue};
    use chrono_tz::Tz;
    use ticketly_domain::{PhoneNumber, PromotionCode, TicketCount, TicketStatus, UserName};

    use super::*;

    fn words(language: &'static str) -> Words {
        Words::of(&HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(language))]))
    }

    fn told(language: &'static str, error: impl Into<Error>) -> String {
        tell(words(language), Zone(Tz::Europe__Berlin), &error.into())
    }

    fn seats(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|label| (*label).to_owned()).collect()
    }

    #[test]
    fn a_refusal_names_the_seats_that_it_is_about() {
        let taken = |labels| Refusal::SeatsTaken { seats: seats(labels), alternative: None };
        assert_eq!(told("en", taken(&["F7"])), "Seat F7 is taken already. Choose another.");
        assert_eq!(told("de", taken(&["F7", "F8"])), "Die Plätze F7, F8 sind schon vergeben. Wählen Sie andere.");
    }

    #[test]
    fn a_refusal_counts_as_the_language_does() {
        for (available, text) in
            [(0, "Alle Plätze sind vergeben."), (1, "nur noch 1 Platz frei"), (2, "nur noch 2 Plätze frei")]
        {
            let told = told("de", Refusal::SoldOut { available });
            assert!(told.contains(text), "{told}");
        }
    }

    #[test]
    fn seats_that_are_only_held_come_back_at_a_time_of_the_cinema() {
        let next_lapse = DateTime::from_timestamp(1_604_257_200, 0).unwrap();
        let refusal = Refusal::WhileHeld { refusal: Box::new(Refusal::SoldOut { available: 0 }), next_lapse };
        let told = told("en", refusal);
        assert!(told.starts_with("All seats are taken.") && told.contains("free again at 20:00"), "{told}");
    }

    #[test]
    fn states_choose_the_form_of_a_text() {
        let told = |status| told("en", Refusal::NotBooked { status });
        assert!(
            told(TicketStatus::Canceled).contains("was canceled") && told(TicketStatus::Expired).contains("expired")
        );
    }

    #[test]
    fn an_invalid_value_is_told_by_its_field_and_never_in_another_language() {
        let name = UserName::parse("").unwrap_err();
        assert_eq!(told("de", name), "Geben Sie einen Namen mit 1 bis 100 Zeichen an.");
        for invalid in [
            PhoneNumber::parse("x").unwrap_err(),
            TicketCount::new(0).unwrap_err(),
            "?".parse::<PromotionCode>().unwrap_err(),
        ] {
            let told = told("de", invalid.clone());
            assert!(!told.contains(&invalid.reason) && told.contains(". ") | told.ends_with('.'), "{told}");
        }
    }

    #[test]
    fn failures_say_whether_anything_changed() {
        for (error, text) in [
            (Error::Store(StoreError::Overloaded), "Nothing was changed; try again in a moment."),
            (Error::Store(StoreError::Contended), "Nothing was changed; try again in a moment."),
            (Error::Store(StoreError::OutcomeUnknown("lost".into())), "takes effect only once"),
            (Error::Store(StoreError::StorageFull("full".into())), "no space"),
            (Error::Payment(PaymentError::Unavailable("gone".into())), "Nobody has paid"),
            (Error::Payment(PaymentError::Refused { code: "no".into() }), "at the box office"),
        ] {
            let told = told("en", error);
            assert!(told.contains(text), "{told}");
        }
    }
}
