//! Buttons with other ways to what a form asked for, when the domain refuses it.

use maud::{Markup, html};
use ticketly_domain::{Error, Refusal};

use super::wish::Failure;
use crate::locale::{Words, texts};

/// The greatest number of selections that are offered.
const MOST: usize = 5;

/// Offers other ways to a form that was refused.
pub(super) fn of_failure(words: Words, failure: &Failure) -> Markup {
    match failure {
        Failure::Domain(Error::Refused(refusal)) => of_refusal(words, refusal),
        Failure::Domain(_) | Failure::Field(_) | Failure::Count(_) => html! {},
    }
}

fn of_refusal(words: Words, refusal: &Refusal) -> Markup {
    match refusal {
        Refusal::WhileHeld { refusal, .. } => of_refusal(words, refusal),
        Refusal::SeatsTaken { alternative, .. } => html! {
            div.actions { @if let Some(seats) = alternative { (take(words, seats, true)) } }
        },
        Refusal::LeavesSingleSeat { proposals, .. } => html! {
            div.actions {
                @for (index, seats) in proposals.iter().take(MOST).enumerate() { (take(words, seats, index == 0)) }
                button.quiet name="single" value="1" { (words.say(texts::OFFICE_SINGLE)) }
            }
        },
        Refusal::NotTogether { .. } => html! {
            div.actions { button name="apart" value="1" autofocus { (words.say(texts::OFFICE_APART)) } }
        },
        _ => html! {},
    }
}

/// The button that takes other seats. That of the best ones has the focus.
fn take(words: Words, seats: &[String], is_first: bool) -> Markup {
    html! {
        button name="choose" value=(seats.join(" ")) autofocus[is_first] {
            (words.tell(texts::OFFICE_TAKE_SEATS, [("seats", seats.join(", ").into())]))
        }
    }
}
