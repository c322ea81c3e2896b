//! The form in which a person chooses tickets: seats on the plan or the best ones, how many of each type, and a code.

use maud::{Markup, html};
use ticketly_domain::{
    Booking, Channel, HeldSeats, PriceList, SlotPrices, Ticket, TicketCount, TicketSlot, TicketTypeName,
};
use ticketly_http::form::Form;

use super::programme;
use crate::locale::{Words, texts};
use crate::seats::choice::{APART, BEST, CODE, COUNT, Choice, TYPE, WHEELCHAIRS, ZONE, types_of};
use crate::seats::{self, Options};

/// Renders the form. The seats that the person holds can be chosen too.
pub(super) fn form(
    words: Words,
    (slot, holds): (&TicketSlot, &[HeldSeats]),
    own: Option<&Booking>,
    choice: &Choice,
) -> Markup {
    let own: Vec<_> = own.into_iter().flat_map(Booking::tickets).filter_map(Ticket::seat_no).collect();
    let options = Options { chosen: &choice.seats, own: &own, ..Options::of(Channel::Public) };
    let hall = seats::chooser(words, slot, holds, options);
    let is_seated = hall.is_some();
    let list = slot.prices().map(|prices| &*prices.list);
    let only = Some(types_of(slot)).filter(|types| types.len() == 1);
    let only = only.and_then(|types| Some(prices(words, list?, types.first()?, slot)?.data));
    html! {
        @if !is_seated { (programme::left(words, slot)) }
        form.choose.bleed method="post" action=(format!("/showings/{}", slot.id()))
            data-currency=[list.map(PriceList::currency)] data-digits=[list.map(|list| list.currency().digits())] data-prices=[only]
            data-chosen=(words.say(texts::CHOOSE_CHOSEN)) data-none=(words.say(texts::CHOOSE_NONE))
            data-from=(words.tell(texts::FROM_PRICE, [("price", "{price}".into())])) data-without=(words.say(texts::CHOOSE_WITHOUT_DISCOUNT))
            data-unsold=(words.say(texts::CHOOSE_UNSOLD)) {
            input type="hidden" name=(Form::KEY) value=(Form::mint_key());
            @if let Some(hall) = hall { (hall) }
            div.parts {
                (tickets(words, slot, choice, is_seated))
                div.stack {
                    @if let Some(best) = best(words, slot, choice) { (best) }
                    @if list.is_some() { (code(words, choice)) }
                }
            }
            div.summary {
                p aria-live="polite" {
                    span data-seats { @if list.is_some() { (words.say(texts::CHOOSE_THEN)) } }
                    " " strong data-sum {}
                }
                button { (words.say(if is_seated { texts::CHOOSE_SEND } else { texts::CHOOSE_SEND_TICKETS })) }
            }
        }
    }
}

/// Renders how many tickets of each type there are to be, and how many people come in wheelchairs.
fn tickets(words: Words, slot: &TicketSlot, choice: &Choice, is_seated: bool) -> Markup {
    let types = types_of(slot);
    let list = slot.prices().map(|prices| &*prices.list);
    let of_type = |name: &str| choice.types.iter().find(|(its, _)| its == name).map_or(0, |(_, count)| *count);
    let has_wheelchairs = has_places_for_wheelchairs(slot);
    html! {
        @if types.len() > 1 || !is_seated || has_wheelchairs {
            fieldset.card.counts {
                legend { (words.say(texts::CHOOSE_TICKETS)) }
                @if types.len() > 1 {
                    @if is_seated { p.hint { (words.tell(texts::CHOOSE_TICKETS_HINT, [("type", types.first().copied().unwrap_or_default().into())])) } }
                    @for (index, name) in types.iter().enumerate() {
                        (count(&format!("{TYPE}{name}"), of_type(name), name, list.and_then(|list| prices(words, list, name, slot)), Some(index)))
                    }
                } @else if !is_seated {
                    (count(COUNT, choice.count.max(1), &words.say(texts::CHOOSE_COUNT), list.and_then(|list| prices(words, list, types.first()?, slot)), None))
                }
                @if has_wheelchairs {
                    (count(WHEELCHAIRS, choice.wheelchairs, &words.say(texts::CHOOSE_WHEELCHAIRS), None, None))
                    p.hint { (words.say(texts::CHOOSE_WHEELCHAIRS_HINT)) }
                }
            }
        }
    }
}

/// Renders a field for a number of tickets. The module needs the prices of a type in each zone.
fn count(name: &str, value: u32, label: &str, price: Option<Prices>, of_type: Option<usize>) -> Markup {
    let (text, data) = price.map(|Prices { text, data }| (text, data)).unzip();
    html! {
        label.count {
            span { (label) @if let Some(text) = text { " " span.hint { (text) } } }
            input type="number" name=(name) value=(value) min="0" max=(TicketCount::PUBLIC_MAX) inputmode="numeric"
                data-prices=[data] data-type=[of_type];
        }
    }
}

/// What tickets of a type cost.
struct Prices {
    /// For people.
    text: String,
    /// In minor units, in the order of the plan's zones, with `-` where the type is not sold.
    data: String,
}

fn prices(words: Words, list: &PriceList, name: &str, slot: &TicketSlot) -> Option<Prices> {
    let ticket_type = TicketTypeName::parse(name).ok()?;
    let zones = slot.showing().seating().map(|seating| seating.plan.zones()).unwrap_or_default();
    let zones: Vec<_> =
        if zones.is_empty() { vec![None] } else { zones.iter().map(|zone| Some(zone.as_str())).collect() };
    let amounts: Vec<_> = zones.iter().map(|zone| list.price_of(&ticket_type, *zone)).collect();
    let money = |minor: u32| words.money(minor.into(), list.currency());
    let sold: Vec<_> =
        zones.iter().zip(&amounts).filter_map(|(zone, amount)| Some((*zone, (*amount)?.minor()))).collect();
    let is_one = sold.len() == zones.len()
        && sold.windows(2).all(|pair| pair.first().map(|one| one.1) == pair.last().map(|one| one.1));
    let text = match sold.first() {
        Some((_, minor)) if is_one => money(*minor),
        _ => {
            let of_zone =
                |(zone, minor): &(Option<&str>, u32)| format!("{} {}", zone.unwrap_or_default(), money(*minor));
            sold.iter().map(of_zone).collect::<Vec<_>>().join(" · ")
        }
    };
    let data = amounts.iter().map(|amount| amount.map_or_else(|| "-".to_owned(), |amount| amount.minor().to_string()));
    Some(Prices { text, data: data.collect::<Vec<_>>().join(" ") })
}

/// Renders what the best seats are to be like, with a button of their own.
fn best(words: Words, slot: &TicketSlot, choice: &Choice) -> Option<Markup> {
    let zones = slot.showing().seating()?.plan.zones();
    Some(html! {
        details.card open[choice.best] {
            summary { (words.say(texts::CHOOSE_BEST)) }
            p.hint { (words.say(texts::CHOOSE_BEST_HINT)) }
            div.filter {
                @if types_of(slot).len() < 2 { (count(COUNT, choice.count.max(1), &words.say(texts::CHOOSE_COUNT), None, None)) }
                @if zones.len() > 1 {
                    label {
                        (words.say(texts::CHOOSE_ZONE))
                        select name=(ZONE) {
                            option value="" { (words.say(texts::CHOOSE_ANY_ZONE)) }
                            @for zone in zones { option selected[choice.zone.as_ref() == Some(zone)] { (zone) } }
                        }
                    }
                }
                label.choice { input type="checkbox" name=(APART) checked[choice.apart]; (words.say(texts::CHOOSE_APART)) }
                button.quiet name=(BEST) value="1" { (words.say(texts::CHOOSE_BEST_SEND)) }
            }
        }
    })
}

fn code(words: Words, choice: &Choice) -> Markup {
    html! {
        details.card open[choice.code.is_some()] {
            summary { (words.say(texts::CHOOSE_CODE_QUESTION)) }
            label.field {
                (words.say(texts::CHOOSE_CODE))
                input name=(CODE) value=[choice.code.as_ref()] maxlength="60" autocomplete="off" autocapitalize="characters" spellcheck="false";
            }
        }
    }
}

fn has_places_for_wheelchairs(slot: &TicketSlot) -> bool {
    let seating = slot.showing().seating();
    seating.is_some_and(|seating| seating.plan.rows().iter().any(|row| row.wheelchair() != 0))
}

/// Renders the prices of a slot of which nothing can be chosen.
pub(super) fn price_table(words: Words, prices: &SlotPrices, slot: &TicketSlot) -> Markup {
    let list = &prices.list;
    let plan = slot.showing().seating().map(|seating| &*seating.plan);
    let listed = list.of_seats(plan);
    let has_zones = listed.iter().any(|(_, zone, _)| zone.is_some());
    html! {
        section.prices {
            h2 { (words.say(texts::PRICES_TITLE)) }
            table {
                thead {
                    tr {
                        th scope="col" { (words.say(texts::PRICES_TYPE)) }
                        @if has_zones { th scope="col" { (words.say(texts::PRICES_ZONE)) } }
                        th scope="col" { (words.say(texts::PRICES_PRICE)) }
                    }
                }
                tbody {
                    @for (ticket_type, zone, amount) in listed {
                        tr {
                            th scope="row" { (ticket_type.as_str()) }
                            @if has_zones { td { @match zone { Some(zone) => (zone), None => (words.say(texts::PRICES_ANY_ZONE)) } } }
                            td.price { (words.money(amount.minor().into(), list.currency())) }
                        }
                    }
                }
            }
        }
    }
}
