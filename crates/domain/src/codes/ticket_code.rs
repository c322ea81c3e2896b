//! The code of a ticket: its text, and what is signed.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::{CodePeriod, CodeState, base32};
use crate::{
    BookingKey, BookingNo, CodeSigner, InstallationKey, Plan, SeatNo, SigningError, SlotId, Ticket, TicketCount,
};

/// The version of the format.
const VERSION: u8 = 1;
/// The number of bytes that are signed.
const MESSAGE: usize = 21;
const SIGNATURE: usize = 64;
const BYTES: usize = MESSAGE + SIGNATURE;
/// The number in place of a seat's, where seats have no numbers.
const NO_SEAT: u16 = u16::MAX;

/// The code of a ticket: where the ticket is in the store, and a signature of Ed25519. Its `Debug` form is redacted: who shows the
/// code may take the seat.
///
/// The text is Base 32 (RFC 4648) of 85 bytes, in 136 characters of the alphanumeric mode of QR codes:
///
/// | bytes | content |
/// |---|---|
/// | 1 | the version, 1 |
/// | 1 | the number of the key |
/// | 8 | the slot's number |
/// | 8 | the booking's number in the slot |
/// | 1 | the ticket's index in the booking |
/// | 2 | the seat's number in the plan, 65,535 for none |
/// | 64 | the signature of the 21 bytes before it |
///
/// Numbers begin with the most significant byte. A ticket keeps its seat: moving it creates another ticket.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketCode {
    key_number: u8,
    booking: BookingKey,
    index: u8,
    seat: Option<SeatNo>,
    signature: [u8; SIGNATURE],
}

/// Why a text is not accepted as a code of the installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// The text is not a ticket code.
    #[error("this is not a ticket code")]
    NotACode,
    /// It names a key that is not accepted at the time.
    #[error("the key of the code is not accepted; ask for a new code")]
    Outdated,
    /// The signature is not one of the installation.
    #[error("this cinema did not sign the code")]
    WrongSignature,
}

impl From<Unverified> for CodeState {
    fn from(unverified: Unverified) -> Self {
        match unverified {
            Unverified::NotACode => Self::NotACode,
            Unverified::Outdated => Self::Outdated,
            Unverified::WrongSignature => Self::WrongSignature,
        }
    }
}

impl TicketCode {
    /// The number of characters.
    pub const LENGTH: usize = BYTES / 5 * 8;

    /// Signs the code of a ticket with the key of the present period.
    pub fn sign(
        ticket: &Ticket,
        key: &InstallationKey,
        signer: &dyn CodeSigner,
        now: DateTime<Utc>,
    ) -> Result<Self, SigningError> {
        let period = CodePeriod::at(now);
        let id = ticket.id();
        let unsigned = Self {
            key_number: period.key_number(),
            booking: id.booking,
            index: id.index,
            seat: ticket.seat_no(),
            signature: [0; SIGNATURE],
        };
        let signature = signer.sign(period.seed(key).as_bytes(), &unsigned.message())?;
        Ok(Self { signature, ..unsigned })
    }

    /// Reads the text of a code, and checks that the installation signed it, with a key that is accepted at `now`.
    pub fn verify(
        text: &str,
        key: &InstallationKey,
        signer: &dyn CodeSigner,
        now: DateTime<Utc>,
    ) -> Result<Result<Self, Unverified>, SigningError> {
        let code = match text.parse::<Self>() {
            Ok(code) => code,
            Err(unverified) => return Ok(Err(unverified)),
        };
        let Some(period) = CodePeriod::of_key(code.key_number, now) else { return Ok(Err(Unverified::Outdated)) };
        let public_key = signer.public_key(period.seed(key).as_bytes())?;
        let is_own = signer.verify(&public_key, &code.message(), &code.signature);
        Ok(if is_own { Ok(code) } else { Err(Unverified::WrongSignature) })
    }

    /// Returns the number of the key that signed the code.
    #[must_use]
    pub const fn key_number(&self) -> u8 {
        self.key_number
    }

    /// Returns the key of the ticket's booking.
    #[must_use]
    pub const fn booking(&self) -> BookingKey {
        self.booking
    }

    /// Returns whether the code is that of this ticket.
    #[must_use]
    pub fn is_of(&self, ticket: &Ticket) -> bool {
        let id = ticket.id();
        (id.booking, id.index, ticket.seat_no()) == (self.booking, self.index, self.seat)
    }

    /// Returns the ticket's index in its booking.
    #[must_use]
    pub const fn index(&self) -> u8 {
        self.index
    }

    /// Returns the bytes that are signed.
    fn message(&self) -> [u8; MESSAGE] {
        let mut message = [0; MESSAGE];
        let slot = self.booking.slot.as_u64().to_be_bytes();
        let no = self.booking.no.as_u64().to_be_bytes();
        let seat = self.seat.map_or(NO_SEAT, |seat| seat.0).to_be_bytes();
        let parts = [VERSION, self.key_number].into_iter().chain(slot).chain(no).chain([self.index]).chain(seat);
        for (byte, part) in message.iter_mut().zip(parts) {
            *byte = part;
        }
        message
    }

    fn read(bytes: &[u8; BYTES]) -> Option<Self> {
        let ([version, key_number], rest) = bytes.split_first_chunk()?;
        let (slot, rest) = rest.split_first_chunk()?;
        let (no, rest) = rest.split_first_chunk()?;
        let ([index], rest) = rest.split_first_chunk()?;
        let (seat, signature) = rest.split_first_chunk()?;
        let slot = SlotId::from_u64(u64::from_be_bytes(*slot))?;
        let booking = BookingKey { slot, no: BookingNo::from_u64(u64::from_be_bytes(*no))? };
        let seat = match u16::from_be_bytes(*seat) {
            NO_SEAT => None,
            seat if seat < Plan::MAX_SEATS => Some(SeatNo(seat)),
            _ => return None,
        };
        let is_code = *version == VERSION && *index < TicketCount::MAX && slot.is_seated() == seat.is_some();
        let code =
            Self { key_number: *key_number, booking, index: *index, seat, signature: signature.try_into().ok()? };
        is_code.then_some(code)
    }
}

impl FromStr for TicketCode {
    type Err = Unverified;

    /// Reads the one text that a code has, without checking the signature.
    fn from_str(text: &str) -> Result<Self, Unverified> {
        base32::decode(text).and_then(|bytes| Self::read(&bytes)).ok_or(Unverified::NotACode)
    }
}

impl fmt::Display for TicketCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: Vec<u8> = self.message().into_iter().chain(self.signature).collect();
        f.write_str(&base32::encode(&bytes))
    }
}

impl fmt::Debug for TicketCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketCode")
    }
}
