//! Ticket codes, and the keys by which they are checked.

use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{self as domain, SignedTicket, VerifiedCode};

use super::enumerations::enumerations;
use super::text;
use super::tickets::Ticket;
use ticketly_http::fields::{Field, RequestBody, Validator};
use ticketly_http::zone::Zone;

enumerations! {
    CodeState: "What a ticket code is worth now. `booked`: its ticket is valid. `canceled`, `moved`, `expired`, `archived`: what \
        became of the ticket. `unknown`: this cinema signed the code, but has no such ticket. `outdated`: the code is too old, or \
        names a key that is not published. `wrong_signature`: this cinema did not sign it. `not_a_code`: it is another text.",
}

/// The code of a ticket, and what a pass shows beside it.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct TicketCode {
    /// The code, as the text of a QR code. It is a secret: its holder may take the seat, but neither cancel nor move the ticket.
    ticket_code: String,
    /// The number of the key that signed it.
    key_number: u8,
    /// Until when the code is accepted. Ask for another one before.
    #[serde(serialize_with = "super::time")]
    accepted_until: DateTime<FixedOffset>,
    /// The slot of the ticket.
    ticket_slot_id: String,
    /// The name of the showing.
    slot_name: String,
    /// The start of the showing.
    #[serde(serialize_with = "super::time")]
    start_time: DateTime<FixedOffset>,
    /// The end of the showing.
    #[serde(serialize_with = "super::time")]
    end_time: DateTime<FixedOffset>,
    /// The seat as it is printed: the row and the number. Absent where seats have no numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    seat: Option<String>,
    /// The row of the seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<String>,
    /// The number of the seat in its row.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<i32>,
    /// The zone of the seat. A place for a wheelchair or a companion is in that of the nearest other seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    /// The ticket type. Absent where tickets have no prices.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_type: Option<String>,
}

impl TicketCode {
    pub(crate) fn of(signed: &SignedTicket, zone: Zone) -> Self {
        let SignedTicket { ticket, code, period } = signed;
        let (showing, seat) = (ticket.showing(), ticket.seat());
        Self {
            ticket_code: text(code),
            key_number: code.key_number(),
            accepted_until: zone.show(period.accepted_until()),
            ticket_slot_id: text(showing.id()),
            slot_name: showing.name().as_str().to_owned(),
            start_time: zone.show(showing.start()),
            end_time: zone.show(showing.end()),
            seat: seat.map(|seat| format!("{}{}", seat.row, seat.number)),
            row: seat.map(|seat| seat.row.to_owned()),
            number: seat.map(|seat| seat.number),
            zone: seat.and_then(|seat| seat.zone).map(str::to_owned),
            ticket_type: ticket.price().map(|price| price.ticket_type.as_str().to_owned()),
        }
    }
}

/// A public key by which ticket codes are checked.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct CodeKey {
    /// The number of the key, which is the second byte of the codes that it signs.
    key_number: u8,
    /// The public key of Ed25519: 32 bytes in hexadecimal digits.
    public_key: String,
    /// From when the key signs codes.
    #[serde(serialize_with = "super::time")]
    signs_from: DateTime<FixedOffset>,
    /// Until when the key signs codes.
    #[serde(serialize_with = "super::time")]
    signs_until: DateTime<FixedOffset>,
    /// Until when its codes are accepted.
    #[serde(serialize_with = "super::time")]
    accepted_until: DateTime<FixedOffset>,
}

impl CodeKey {
    fn of(key: &domain::CodeKey, zone: Zone) -> Self {
        let hex = |mut text: String, byte: &u8| {
            // Writing to a `String` does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        };
        Self {
            key_number: key.period.key_number(),
            public_key: key.public_key.iter().fold(String::new(), hex),
            signs_from: zone.show(key.period.signs_from()),
            signs_until: zone.show(key.period.signs_until()),
            accepted_until: zone.show(key.period.accepted_until()),
        }
    }
}

/// The public keys whose ticket codes are accepted.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
#[openapi(rename = "CodeKeyList")]
pub struct CodeKeys {
    /// The keys, the oldest first. The last one signs from the end of the present one on.
    code_keys: Vec<CodeKey>,
}

impl CodeKeys {
    pub(crate) fn of(keys: &[domain::CodeKey], zone: Zone) -> Self {
        Self { code_keys: keys.iter().map(|key| CodeKey::of(key, zone)).collect() }
    }
}

/// A code that somebody shows.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "CodeRequest")]
pub struct VerifyCode {
    /// The text that was scanned, whatever it is. White space around it is removed.
    ticket_code: Field<String>,
}

impl RequestBody for VerifyCode {
    type Meaning = String;

    fn read(self, check: &mut Validator<'_>) -> Option<String> {
        check.required("ticketCode", self.ticket_code, |text| Ok(text.trim().to_owned()))
    }
}

/// What a code is worth.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct CodeVerification {
    code_state: CodeState,
    /// Whether this cinema signed the code, with a key that is accepted. That says nothing of the ticket: `codeState` does.
    signature_valid: bool,
    /// The ticket that the code names. Absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<Ticket>,
    /// The ticket that has replaced it in the end, if it was moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    current_ticket: Option<Ticket>,
}

impl CodeVerification {
    pub(crate) fn of(verified: &VerifiedCode, zone: Zone) -> Self {
        Self {
            code_state: CodeState(verified.state),
            signature_valid: verified.state.is_signed(),
            ticket: verified.ticket.as_ref().map(|ticket| Ticket::of(ticket, zone)),
            current_ticket: verified.successor.as_ref().map(|ticket| Ticket::of(ticket, zone)),
        }
    }
}
