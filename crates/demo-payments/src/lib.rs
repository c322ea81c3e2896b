//! A payment provider to try Ticketly with. It implements the other end of the contract of `docs/payments.md`, moves no money,
//! and does on demand what real providers do at the worst moment.
//!
//! [`DemoProvider::start`] serves the contract and, below `/pay/`, a page at which a person pays or declines and chooses what
//! goes wrong. A test does the same by the methods of [`DemoProvider`].
//!
//! It keeps everything in memory: at most 20,000 payments, with 64 refunds each. After a restart it knows no payment of before,
//! and answers `unknown_payment`. So it is no provider for an installation that sells.

mod body;
mod contract;
mod faults;
mod ledger;
mod notifier;
mod outbox;
mod page;
mod post;
mod provider;
mod server;
mod settings;
mod shared;

pub use faults::{Delivery, Outage};
pub use ledger::Entry;
pub use provider::DemoProvider;
pub use settings::{Clock, Settings};
