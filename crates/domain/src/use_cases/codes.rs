//! Ticket codes: signing them for the holders of tickets, and checking those that are shown.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Ticketing;
use crate::{
    Booking, CodeKey, CodePeriod, CodeSigner, CodeState, Error, Refusal, SigningError, Ticket, TicketCode, TicketId,
    TicketStatus,
};

/// A ticket with its code.
#[derive(Debug, Clone)]
pub struct SignedTicket {
    /// The ticket, which is booked.
    pub ticket: Ticket,
    /// Its code.
    pub code: TicketCode,
    /// The period of the key that signed the code.
    pub period: CodePeriod,
}

/// What a code is worth, and the ticket that it names.
#[derive(Debug, Clone)]
pub struct VerifiedCode {
    /// What the code is worth.
    pub state: CodeState,
    /// The ticket. `None` unless the installation signed the code and has the ticket.
    pub ticket: Option<Ticket>,
    /// The ticket that has replaced it in the end, if it was moved.
    pub successor: Option<Ticket>,
}

impl VerifiedCode {
    const fn without_ticket(state: CodeState) -> Self {
        Self { state, ticket: None, successor: None }
    }
}

impl Ticketing {
    /// Returns the use cases with this signer of ticket codes. Without one, tickets have no codes.
    #[must_use]
    pub fn signed_by(&self, signer: Arc<dyn CodeSigner>) -> Self {
        Self { signer: Some(signer), ..self.clone() }
    }

    fn signer(&self) -> Result<&dyn CodeSigner, Refusal> {
        self.signer.as_deref().ok_or(Refusal::NoTicketCodes)
    }

    /// Signs the code of a ticket, or of the one that replaced it in the end, if it was moved. Refuses as [`Self::ticket`] does,
    /// with [`Refusal::NotBooked`] and with [`Refusal::NoTicketCodes`].
    pub async fn ticket_code(&self, id: &TicketId, now: DateTime<Utc>) -> Result<SignedTicket, Error> {
        let signer = self.signer()?;
        let (ticket, successor) = self.ticket_and_successor(id).await?;
        let ticket = successor.unwrap_or(ticket);
        match ticket.status() {
            TicketStatus::Booked => {}
            status @ (TicketStatus::Canceled | TicketStatus::Expired | TicketStatus::Archived) => {
                return Err(Refusal::NotBooked { status }.into());
            }
        }
        let code = TicketCode::sign(&ticket, &self.key, signer, now)?;
        Ok(SignedTicket { ticket, code, period: CodePeriod::at(now) })
    }

    /// Signs the codes of a booking's tickets, in their order: `None` for those that are not booked. Refuses with
    /// [`Refusal::NoTicketCodes`].
    pub fn codes_of(&self, booking: &Booking, now: DateTime<Utc>) -> Result<Vec<Option<TicketCode>>, Error> {
        let signer = self.signer()?;
        let is_valid = |ticket: &&Ticket| ticket.user().is_some() && ticket.status() == TicketStatus::Booked;
        let code =
            |ticket| Some(ticket).filter(is_valid).map(|ticket| TicketCode::sign(ticket, &self.key, signer, now));
        Ok(booking.tickets().iter().map(|ticket| code(ticket).transpose()).collect::<Result<_, _>>()?)
    }

    /// Returns the public keys whose codes are accepted now, the oldest first. The last one signs from the next period on. Refuses
    /// with [`Refusal::NoTicketCodes`].
    pub fn code_keys(&self, now: DateTime<Utc>) -> Result<Vec<CodeKey>, Error> {
        let signer = self.signer()?;
        let key = |period: CodePeriod| {
            let public_key = signer.public_key(period.seed(&self.key).as_bytes())?;
            Ok::<_, SigningError>(CodeKey { period, public_key })
        };
        Ok(CodePeriod::accepted_at(now).map(key).collect::<Result<_, _>>()?)
    }

    /// Checks the text of a code, and reads what became of its ticket. Any text has a state: only the store fails. Refuses with
    /// [`Refusal::NoTicketCodes`].
    pub async fn verify_code(&self, text: &str, now: DateTime<Utc>) -> Result<VerifiedCode, Error> {
        let code = match TicketCode::verify(text, &self.key, self.signer()?, now)? {
            Ok(code) => code,
            Err(unverified) => return Ok(VerifiedCode::without_ticket(unverified.into())),
        };
        let booking = self.store.booking(code.booking()).await?.filter(|booking| booking.user().is_some());
        let ticket = booking.as_ref().and_then(|booking| booking.tickets().get(usize::from(code.index())));
        let Some(ticket) = ticket.filter(|ticket| code.is_of(ticket)) else {
            return Ok(VerifiedCode::without_ticket(CodeState::Unknown));
        };
        // The job of a canceled showing may not have reached the ticket yet.
        let is_booked = ticket.status() == TicketStatus::Booked;
        let is_showing_canceled = is_booked && self.store.cancellation(ticket.showing().id()).await?.is_some();
        let successor = self.successor(ticket).await?;
        Ok(VerifiedCode { state: CodeState::of(ticket, is_showing_canceled), ticket: Some(ticket.clone()), successor })
    }
}
