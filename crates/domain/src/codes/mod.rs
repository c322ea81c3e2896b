//! Ticket codes: what the holder of a ticket shows at the entrance, as a QR code. A code names the ticket and is signed, so that
//! anyone can check it with the public keys alone. It is not the ticket's identifier: it neither cancels nor moves the ticket.

mod base32;
mod period;
mod state;
#[cfg(test)]
mod tests;
mod ticket_code;

pub use period::{CodeKey, CodePeriod};
pub use state::CodeState;
pub use ticket_code::{TicketCode, Unverified};
