//! Signatures of notifications, by the rules of Standard Webhooks (<https://www.standardwebhooks.com>), version 1.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::CryptoRng;
use sha2::Sha256;
use ticketly_domain::{Invalid, SignedNotification};

/// How far the time at which a notification was sent may be from the time at which it is received.
pub const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// The greatest number of bytes of a notification's body.
pub const MAX_NOTIFICATION: usize = 16 * 1024;
/// The greatest number of characters of a notification's identifier.
const MAX_ID: usize = 255;
/// The greatest number of signatures of a notification that are looked at.
const MAX_SIGNATURES: usize = 8;

/// A secret that signs notifications. Its `Debug` form is redacted.
#[derive(Clone)]
pub struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    /// The smallest number of bytes.
    pub const MIN: usize = 24;
    /// The greatest number of bytes.
    pub const MAX: usize = 64;

    /// Parses a secret: `whsec_` and the Base64 form of 24 to 64 bytes. Any other text is [`Invalid`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bytes = text.strip_prefix("whsec_").and_then(|text| STANDARD.decode(text).ok());
        let bytes = bytes.filter(|bytes| (Self::MIN..=Self::MAX).contains(&bytes.len()));
        bytes.map(Self).ok_or_else(|| {
            let (least, most) = (Self::MIN, Self::MAX);
            let reason = format!(
                "give `whsec_` and the Base64 form of {least} to {most} random bytes, such as the output of \
                 `echo \"whsec_$(openssl rand -base64 32)\"`"
            );
            Invalid { field: "secret", reason }
        })
    }

    /// Mints a secret of 256 random bits.
    #[must_use]
    pub fn mint(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = vec![0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Returns the header `webhook-signature` of a notification with this identifier that is sent at this time, in seconds
    /// since 1970.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let code = self.hmac(id, &timestamp.to_string(), body).map(|hmac| hmac.finalize().into_bytes());
        format!("v1,{}", STANDARD.encode(code.unwrap_or_default()))
    }

    /// Returns whether this secret made the signature. The time that takes does not depend on where they differ.
    fn made(&self, notification: &SignedNotification<'_>, signature: &[u8]) -> bool {
        let hmac = self.hmac(notification.id, notification.timestamp, notification.body);
        hmac.is_some_and(|hmac| hmac.verify_slice(signature).is_ok())
    }

    /// Computes the code. It is never `None`: HMAC takes keys of any length.
    fn hmac(&self, id: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut hmac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            hmac.update(part);
        }
        Some(hmac)
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret")
    }
}

/// The secrets whose signatures are accepted.
#[derive(Debug, Clone)]
pub struct WebhookSecrets {
    /// The secret.
    pub current: WebhookSecret,
    /// The secret that replaces it, or that it replaces, while both ends do not have the new one yet.
    pub other: Option<WebhookSecret>,
}

impl WebhookSecrets {
    /// Checks that the provider sent the notification at about `now`. Otherwise its header is [`Invalid`].
    pub(crate) fn verify(&self, notification: &SignedNotification<'_>, now: DateTime<Utc>) -> Result<(), Invalid> {
        let invalid = |field, reason: &str| Err(Invalid { field, reason: reason.to_owned() });
        // A point in it would make it possible to move text between the parts that are signed.
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        if !(1..=MAX_ID).contains(&notification.id.len()) || !notification.id.bytes().all(is_id) {
            return invalid("webhook-id", "give 1 to 255 letters, digits, _ and -");
        }
        let timestamp = notification.timestamp;
        let is_number = (1..=12).contains(&timestamp.len()) && timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let sent =
            timestamp.parse().ok().filter(|_| is_number).and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        let Some(sent) = sent else {
            return invalid("webhook-timestamp", "give the time of sending in whole seconds since 1970");
        };
        if (now - sent).abs() > TOLERANCE {
            let reason = "sign the notification when it is sent, also when it is sent again: the time is more than 5 minutes \
                from that of this server";
            return invalid("webhook-timestamp", reason);
        }
        let signatures = notification.signature.split(' ').take(MAX_SIGNATURES);
        let signatures: Vec<_> =
            signatures.filter_map(|text| STANDARD.decode(text.strip_prefix("v1,")?).ok()).collect();
        let secrets = std::iter::once(&self.current).chain(&self.other);
        if secrets.into_iter().any(|secret| signatures.iter().any(|signature| secret.made(notification, signature))) {
            return Ok(());
        }
        let reason = "give `v1,` and the Base64 form of HMAC-SHA256 over `id.timestamp.body`, with the secret of this \
            installation";
        invalid("webhook-signature", reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of the specification of Standard Webhooks.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIME: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn secrets(current: &str, other: Option<&str>) -> WebhookSecrets {
        let parse = |text: &str| WebhookSecret::parse(text).unwrap();
        WebhookSecrets { current: parse(current), other: other.map(parse) }
    }

    fn field(secrets: &WebhookSecrets, notification: &SignedNotification<'_>, seconds: i64) -> &'static str {
        let now = DateTime::from_timestamp(TIME + seconds, 0).unwrap();
        secrets.verify(notification, now).map_or_else(|invalid| invalid.field, |()| "right")
    }

    #[test]
    fn the_example_of_the_specification_is_signed_as_it_says() {
        assert_eq!(WebhookSecret::parse(SECRET).unwrap().sign(ID, TIME, BODY), SIGNATURE);
    }

    #[test]
    fn only_what_was_signed_a_moment_ago_is_verified() {
        let secrets = secrets(SECRET, None);
        let timestamp = TIME.to_string();
        let right = SignedNotification { id: ID, timestamp: &timestamp, signature: SIGNATURE, body: BODY };
        for (seconds, wanted) in
            [(0, "right"), (300, "right"), (-300, "right"), (301, "webhook-timestamp"), (-301, "webhook-timestamp")]
        {
            assert_eq!(field(&secrets, &right, seconds), wanted, "{seconds}");
        }
        let long = "m".repeat(256);
        for id in ["", "msg.1", "msg 1", &long] {
            assert_eq!(field(&secrets, &SignedNotification { id, ..right }, 0), "webhook-id", "{id}");
        }
        for timestamp in ["", "-1614265330", "+1614265330", "1614265330.0", "99999999999999", "now"] {
            let notification = SignedNotification { timestamp, ..right };
            assert_eq!(field(&secrets, &notification, 0), "webhook-timestamp", "{timestamp}");
        }
        let upper = SIGNATURE.to_uppercase();
        let many = format!("{}{SIGNATURE}", "v1,AAAA ".repeat(MAX_SIGNATURES));
        for signature in ["", "v1,", "v1,AAAA", &SIGNATURE[3..], &SIGNATURE[..40], &upper, &many, "v2,g0hM"] {
            let notification = SignedNotification { signature, ..right };
            assert_eq!(field(&secrets, &notification, 0), "webhook-signature", "{signature}");
        }
        for notification in [
            SignedNotification { id: "msg_other", ..right },
            SignedNotification { timestamp: "1614265331", ..right },
            SignedNotification { body: br#"{"test": 2432232315}"#, ..right },
        ] {
            assert_eq!(field(&secrets, &notification, 0), "webhook-signature");
        }
        let among = format!("v1a,AAAA v1,AAAA {SIGNATURE}");
        assert_eq!(field(&secrets, &SignedNotification { signature: &among, ..right }, 0), "right");
    }

    #[test]
    fn two_secrets_are_accepted_during_a_rotation() {
        let new = "whsec_VGhpcyBzZWNyZXQgaXMgYW4gZXhhbXBsZSBvbmx5";
        let timestamp = TIME.to_string();
        let old = SignedNotification { id: ID, timestamp: &timestamp, signature: SIGNATURE, body: BODY };
        assert_eq!(field(&secrets(new, Some(SECRET)), &old, 0), "right");
        assert_eq!(field(&secrets(new, None), &old, 0), "webhook-signature");
    }

    #[test]
    fn a_secret_is_long_enough_and_never_shown() {
        let secret = WebhookSecret::parse(SECRET).unwrap();
        assert_eq!(format!("{secret:?}"), "WebhookSecret");
        let [short, long] = [23, 65].map(|length| format!("whsec_{}", STANDARD.encode(vec![7; length])));
        for wrong in
            ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", &short, &long]
        {
            let invalid = WebhookSecret::parse(wrong).unwrap_err();
            assert!(invalid.field == "secret" && invalid.reason.contains("openssl rand"), "{wrong}");
        }
    }
}
