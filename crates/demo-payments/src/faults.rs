//! What goes wrong on demand.

use std::collections::VecDeque;
use std::time::Duration;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// It is answered with 503, and has no effect.
    Unavailable,
    /// It has no effect, and no answer comes.
    SilentBefore,
    /// It takes effect, and no answer comes.
    SilentAfter,
    /// The connection is closed without an answer before it takes effect.
    CutBefore,
    /// The connection is closed without an answer after it has taken effect.
    CutAfter,
}

impl Outage {
    /// All outages with their names in the page's form.
    pub(crate) const ALL: [(Self, &'static str); 5] = [
        (Self::Unavailable, "unavailable"),
        (Self::SilentBefore, "silent_before"),
        (Self::SilentAfter, "silent_after"),
        (Self::CutBefore, "cut_before"),
        (Self::CutAfter, "cut_after"),
    ];
}

/// How the cinema is notified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Delivery {
    /// At once.
    #[default]
    Prompt,
    /// After so long.
    Late(Duration),
    /// Twice, with the same identifier.
    Twice,
    /// Not at all.
    Never,
    /// After the next notification.
    OutOfOrder,
}

/// The outages of the next requests.
#[derive(Debug, Default)]
pub(crate) struct Outages {
    next: VecDeque<(Outage, u32)>,
    all: Option<Outage>,
}

/// The greatest number of orders of outages that are kept.
const MAX_ORDERS: usize = 100;

impl Outages {
    pub(crate) fn fail(&mut self, outage: Outage, requests: u32) {
        if requests > 0 && self.next.len() < MAX_ORDERS {
            self.next.push_back((outage, requests));
        }
    }

    pub(crate) fn fail_all(&mut self, outage: Outage) {
        self.all = Some(outage);
    }

    pub(crate) fn recover(&mut self) {
        *self = Self::default();
    }

    /// Returns what becomes of the next request.
    pub(crate) fn next(&mut self) -> Option<Outage> {
        if self.all.is_some() {
            return self.all;
        }
        let (outage, left) = self.next.front_mut()?;
        let outage = *outage;
        *left -= 1;
        if *left == 0 {
            self.next.pop_front();
        }
        Some(outage)
    }
}
