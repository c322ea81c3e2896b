//! What can be done instead when seats are refused: buttons that ask for something else.

use maud::{Markup, html};
use ticketly_domain::{Entity, Refusal, SeatKind, TicketSlot};
use ticketly_http::form::Form;

use crate::locale::{Words, texts};
use crate::seats::choice::Choice;

/// A choice that may be accepted, with the text of its button.
pub(super) struct Offer {
    text: String,
    choice: Choice,
}

/// Returns what to offer instead of a choice that was refused.
pub(super) fn of(words: Words, slot: &TicketSlot, choice: &Choice, refusal: &Refusal) -> Vec<Offer> {
    let say = |text, choice| Offer { text: words.say(text), choice };
    let seats = |seats: &Vec<String>| Offer {
        text: words.tell(texts::OFFER_SEATS, [("count", seats.len().into()), ("seats", seats.join(", ").into())]),
        choice: Choice { seats: seats.clone(), best: false, ..choice.clone() },
    };
    let wheelchairs = |wheelchairs: u32| Offer {
        text: words.tell(texts::OFFER_WHEELCHAIRS, [("count", wheelchairs.into())]),
        choice: Choice { wheelchairs, ..choice.clone() },
    };
    let best = || say(texts::OFFER_BEST, choice.as_best());
    match refusal {
        Refusal::SeatsTaken { alternative: Some(alternative), .. } => vec![seats(alternative)],
        Refusal::LeavesSingleSeat { proposals, .. } if !proposals.is_empty() => proposals.iter().map(seats).collect(),
        Refusal::SeatsTaken { .. } | Refusal::LeavesSingleSeat { .. } | Refusal::UnknownSeat { .. } => vec![best()],
        Refusal::AccessibleSeats { .. } => {
            let count = places_for_wheelchairs(slot, choice);
            if count > 0 { vec![wheelchairs(count), best()] } else { vec![best()] }
        }
        Refusal::OtherWheelchairs { wheelchairs: count } => {
            vec![wheelchairs(u32::try_from(*count).unwrap_or(u32::MAX))]
        }
        Refusal::NotTogether { .. } if !choice.apart => {
            let apart = say(texts::OFFER_APART, Choice { apart: true, ..choice.clone() });
            anywhere(words, choice).into_iter().chain([apart]).collect()
        }
        // Of several types, who gets none is not for us to say.
        Refusal::SoldOut { available } if *available > 0 && choice.types.is_empty() => {
            let fewer = Offer {
                text: words.tell(texts::OFFER_FEWER, [("count", (*available).into())]),
                choice: Choice { count: *available, ..choice.clone() },
            };
            anywhere(words, choice).into_iter().chain([fewer]).collect()
        }
        Refusal::SoldOut { .. } | Refusal::NotTogether { .. } | Refusal::UnknownZone { .. } => {
            anywhere(words, choice).into_iter().collect()
        }
        Refusal::Unknown(Entity::Promotion) | Refusal::PromotionUsedUp => {
            vec![say(texts::OFFER_WITHOUT_CODE, Choice { code: None, ..choice.clone() })]
        }
        Refusal::WhileHeld { refusal, .. } => of(words, slot, choice, refusal),
        _ => Vec::new(),
    }
}

/// Returns the same choice in the whole auditorium, if it was of one zone.
fn anywhere(words: Words, choice: &Choice) -> Option<Offer> {
    choice.zone.as_ref()?;
    Some(Offer { text: words.say(texts::OFFER_ANYWHERE), choice: Choice { zone: None, ..choice.clone() } })
}

/// Counts the places for wheelchairs among the chosen seats.
fn places_for_wheelchairs(slot: &TicketSlot, choice: &Choice) -> u32 {
    let Some(seating) = slot.showing().seating() else { return 0 };
    let seats = choice.seats.iter().filter_map(|label| seating.plan.seat(seating.plan.find(label)?));
    u32::try_from(seats.filter(|seat| seat.kind == SeatKind::Wheelchair).count()).unwrap_or(u32::MAX)
}

/// Renders offers as buttons.
pub(super) fn buttons(action: &str, offers: &[Offer]) -> Markup {
    html! {
        @if !offers.is_empty() {
            div.actions {
                @for (index, offer) in offers.iter().enumerate() {
                    form method="post" action=(action) {
                        input type="hidden" name=(Form::KEY) value=(Form::mint_key());
                        (offer.choice.as_hidden())
                        button class=[(index > 0).then_some("quiet")] { (offer.text) }
                    }
                }
            }
        }
    }
}
