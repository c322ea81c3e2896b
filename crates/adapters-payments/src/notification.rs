//! What a notification says.

use chrono::{DateTime, Utc};
use serde_json::Value;
use ticketly_domain::{
    Invalid, Money, NotificationError, PaymentEvent, PaymentId, PaymentNotification, RefundId, SignedNotification,
};

use crate::webhook::{MAX_NOTIFICATION, WebhookSecrets};

/// Reads a notification, and checks that the provider sent it at about `now`.
pub(crate) fn read(
    secrets: &WebhookSecrets,
    notification: &SignedNotification<'_>,
    now: DateTime<Utc>,
) -> Result<PaymentNotification, NotificationError> {
    if notification.body.len() > MAX_NOTIFICATION {
        return Err(NotificationError::Unverified(invalid("body", "give at most 16384 bytes")));
    }
    secrets.verify(notification, now).map_err(NotificationError::Unverified)?;
    event(notification).map_err(NotificationError::Invalid)
}

fn event(notification: &SignedNotification<'_>) -> Result<PaymentNotification, Invalid> {
    let body: Value = serde_json::from_slice(notification.body).map_err(|_| invalid("body", "give a JSON object"))?;
    let body = Body(&body);
    let event = match body.text("type", "/type")? {
        "payment.authorised" => PaymentEvent::Authorised { total: body.money()? },
        "payment.declined" => PaymentEvent::Declined,
        "payment.captured" => PaymentEvent::Captured { total: body.money()? },
        "payment.voided" => PaymentEvent::Voided,
        "payment.refunded" => PaymentEvent::Refunded { refund: body.refund()?, amount: body.money()? },
        _ => {
            let reason =
                "give payment.authorised, payment.declined, payment.captured, payment.voided or payment.refunded";
            return Err(invalid("type", reason));
        }
    };
    Ok(PaymentNotification { id: notification.id.to_owned(), payment: body.payment()?, event, at: body.at()? })
}

fn invalid(field: &'static str, reason: &str) -> Invalid {
    Invalid { field, reason: reason.to_owned() }
}

/// The body, whose members are read one by one so that an error names its member.
#[derive(Clone, Copy)]
struct Body<'a>(&'a Value);

impl<'a> Body<'a> {
    fn text(self, field: &'static str, pointer: &str) -> Result<&'a str, Invalid> {
        let text = self.0.pointer(pointer).and_then(Value::as_str);
        text.ok_or_else(|| invalid(field, "this member is missing, or is not a text"))
    }

    fn payment(self) -> Result<PaymentId, Invalid> {
        let text = self.text("data.paymentId", "/data/paymentId")?;
        text.parse().map_err(|_| invalid("data.paymentId", "give the identifier with which the payment was ordered"))
    }

    fn refund(self) -> Result<RefundId, Invalid> {
        let text = self.text("data.refundId", "/data/refundId")?;
        text.parse().map_err(|_| invalid("data.refundId", "give the identifier with which the refund was requested"))
    }

    fn money(self) -> Result<Money, Invalid> {
        let minor = self.0.pointer("/data/amount").and_then(Value::as_u64);
        let minor = minor.ok_or_else(|| invalid("data.amount", "give a whole number of minor units, such as cents"))?;
        let currency = self.text("data.currency", "/data/currency")?.parse();
        let currency = currency.map_err(|error| Invalid { field: "data.currency", ..error })?;
        Money::new(minor, currency).map_err(|error| Invalid { field: "data.amount", ..error })
    }

    fn at(self) -> Result<DateTime<Utc>, Invalid> {
        let at = DateTime::parse_from_rfc3339(self.text("timestamp", "/timestamp")?);
        at.map(|at| at.to_utc()).map_err(|_| invalid("timestamp", "give a time such as 2030-11-01T22:29:11Z"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::webhook::WebhookSecret;

    const NOW: i64 = 1_919_852_551;

    fn read_body(body: &[u8]) -> Result<PaymentNotification, NotificationError> {
        let current = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = current.sign("evt_7", NOW, body);
        let signed = SignedNotification { id: "evt_7", timestamp: &NOW.to_string(), signature: &signature, body };
        let secrets = WebhookSecrets { current, other: None };
        read(&secrets, &signed, DateTime::from_timestamp(NOW, 0).unwrap())
    }

    fn refunded() -> Value {
        json!({
            "type": "payment.refunded",
            "timestamp": "2030-11-01T23:29:11.5+01:00",
            "data": { "paymentId": payment(), "refundId": refund(), "amount": 700, "currency": "EUR", "more": [] },
        })
    }

    fn payment() -> String {
        format!("PAY{}", "7".repeat(26))
    }

    fn refund() -> String {
        format!("REF{}", "7".repeat(26))
    }

    #[test]
    fn each_type_is_read() {
        let total = Money::new(700, "EUR".parse().unwrap()).unwrap();
        let refund = refund().parse().unwrap();
        for (name, event) in [
            ("payment.authorised", PaymentEvent::Authorised { total }),
            ("payment.declined", PaymentEvent::Declined),
            ("payment.captured", PaymentEvent::Captured { total }),
            ("payment.voided", PaymentEvent::Voided),
            ("payment.refunded", PaymentEvent::Refunded { refund, amount: total }),
        ] {
            let mut body = refunded();
            body["type"] = name.into();
            let read = read_body(body.to_string().as_bytes()).unwrap();
            assert_eq!((read.id.as_str(), read.payment.to_string(), read.event), ("evt_7", payment(), event));
            assert_eq!(read.at.to_rfc3339(), "2030-11-01T22:29:11.500+00:00");
        }
    }

    #[test]
    fn an_error_names_the_member() {
        for (pointer, value, field) in [
            ("/type", json!("payment.stolen"), "type"),
            ("/type", json!(7), "type"),
            ("/timestamp", json!("yesterday"), "timestamp"),
            ("/data", json!(null), "data.refundId"),
            ("/data/paymentId", json!("PAY7"), "data.paymentId"),
            ("/data/refundId", json!(payment()), "data.refundId"),
            ("/data/amount", json!(-1), "data.amount"),
            ("/data/amount", json!(7.5), "data.amount"),
            ("/data/amount", json!(Money::MAX + 1), "data.amount"),
            ("/data/currency", json!("eur"), "data.currency"),
        ] {
            let mut body = refunded();
            *body.pointer_mut(pointer).unwrap() = value;
            let error = read_body(body.to_string().as_bytes()).unwrap_err();
            assert!(
                matches!(&error, NotificationError::Invalid(invalid) if invalid.field == field),
                "{pointer} {error}"
            );
        }
        for body in ["", "[]", "\u{0}", "{\"type\":"] {
            assert!(matches!(read_body(body.as_bytes()), Err(NotificationError::Invalid(_))), "{body}");
        }
    }

    #[test]
    fn a_body_that_is_too_large_is_not_even_verified() {
        let error = read_body(&vec![b' '; MAX_NOTIFICATION + 1]).unwrap_err();
        assert!(matches!(error, NotificationError::Unverified(_)), "{error}");
    }
}
