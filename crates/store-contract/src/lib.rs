//! The contract of a store: what everything that implements [`Store`](ticketly_domain::Store) must do, as one test a
//! sentence, and a model to replay random operations against.
//!
//! # Contract
//!
//! A crate that has a store of its own takes this one as a dev-dependency, with `tokio` (features `macros` and
//! `rt-multi-thread`), and runs everything by one line in a test:
//!
//! ```ignore
//! use my_crate::OwnStore;
//! use ticketly_store_contract::{Subject, contract};
//!
//! contract!(in_memory, Subject::resident(OwnStore::default()));
//! ```
//!
//! The expression makes a [`Subject`] and may `.await`. It is evaluated for each case, and each must get an empty store: a
//! folder, a table or a schema of its own. [`Subject::opened`] takes a function that opens the store, and opens it again
//! where a case closes it.
//!
//! Each case ends with a verification of the store, so that a store has [`Records`](ticketly_domain::Records) too.
//!
//! Every case holds for every store. There are no exceptions and no capability flags: a store that needs one is wrong, or
//! the contract is. `docs/adding-a-store.md` says what is easily missed, and `examples/own_store` is a whole store.
//!
//! Tests of one store alone may use the world of the cases, a [`Cinema`], too.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed expectation is how a contract speaks"
)]
#![expect(missing_docs, reason = "a case's name is its sentence")]

#[macro_use]
mod case_names;

mod archival;
mod auditoriums;
pub mod bank;
mod blocks;
mod booking;
mod cancel;
mod cancellations;
mod cinema;
mod corrections;
mod erasures;
mod expiry;
mod holds;
mod holds_kept;
mod holds_racing;
mod idempotency;
mod idempotency_racing;
mod installation;
mod keys;
mod listing;
mod many;
pub mod model;
mod money;
mod moving;
mod online;
mod outcomes;
mod parties;
mod price_lists;
mod promotions;
mod reseatings;
mod sales;
pub mod season;
mod seats;
mod seats_racing;
mod shop;
mod subject;
mod tickets;
mod totals;

pub use cinema::{
    Cinema, Everything, NOW, SHOW_END, SHOW_START, draft, hall, named, priced_draft, prices, request, seated_draft,
    seats_of,
};
pub use subject::{Subject, nothing_is_wrong};

macro_rules! name_them {
    ([] $($theme:ident { $($case:ident,)+ })+) => {
        /// The cases, by theme.
        #[doc(hidden)]
        pub mod cases {
            $(pub mod $theme { pub use crate::$theme::{$($case),+}; })+
        }
    };
}
for_each_case!(name_them);

#[doc(hidden)]
#[macro_export]
macro_rules! test_them {
    ([$subject:expr] $($theme:ident { $($case:ident,)+ })+) => {
        $(mod $theme {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $case() {
                    let subject = $subject;
                    let verification = subject.verification();
                    $crate::cases::$theme::$case($crate::Cinema::over(subject).await).await;
                    verification.await;
                }
            )+
        })+
        mod model {
            use super::*;
            #[test]
            fn random_operations_agree_with_it() {
                $crate::model::agree(async || $subject);
            }
        }
    };
}

/// Holds a store to the contract: makes a module of this name with a test for each case, and one that replays random
/// operations against the [`model`]. The expression makes the [`Subject`] of each; it may `.await`.
#[macro_export]
macro_rules! contract {
    ($name:ident, $subject:expr) => {
        mod $name {
            use super::*;
            $crate::for_each_case!($crate::test_them, $subject);
        }
    };
}
