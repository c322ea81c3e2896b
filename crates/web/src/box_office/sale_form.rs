//! The form of a sale.

use actix_web::http::StatusCode;
use maud::{Markup, html};
use ticketly_domain::{
    Block, Channel, PaymentReference, PhoneNumber, Plan, PromotionCode, Sale, Sales, TicketCount, TicketSlot, UserName,
};
use ticketly_http::form::Form;
use ticketly_http::refused::refused;
use ticketly_http::session::Session;

use super::counter::Counter;
use super::frame::{once, token, with_key};
use super::wish::{self, Failure};
use super::{START, parts, proposals};
use crate::app::Web;
use crate::locale::{Text, Words, texts};
use crate::page::{Page, alert};
use crate::refusal;
use crate::seats::choice::{TYPE, types_of};
use crate::seats::{self, Options};

/// Says which showing is sold, and what else can be done with it.
pub(super) fn heading(words: Words, web: &Web, counter: &Counter) -> Markup {
    let (slot, showing) = (&counter.slot, counter.slot.showing());
    let path = format!("{START}/showings/{}", slot.id());
    html! {
        h1 { (showing.name().as_str()) }
        p.when {
            (parts::when(words, web.zone, showing))
            @if !counter.auditorium.is_empty() { " · " (counter.auditorium) }
            " · " (words.tell(texts::SEATS_FREE, [("seats", slot.seats().available().into())]))
        }
        @match slot.sales() {
            Sales::Canceled => {
                (alert(&words.say(texts::SHOWING_CANCELED)))
                p { a href=(format!("{path}/call-list")) { (words.say(texts::OFFICE_CALL_TITLE)) } }
            }
            Sales::Moved => {
                (alert(&words.say(texts::SHOWING_MOVED)))
                @if let Some(slot) = counter.moved_to {
                    p { a href=(format!("{START}/showings/{slot}")) { (words.say(texts::OFFICE_TO_MOVED)) } }
                }
            }
            Sales::Closed => (alert(&words.say(texts::SALES_CLOSED))),
            Sales::Open => {}
        }
        @if showing.seating().is_some() {
            p { a href=(format!("{path}/blocks")) accesskey="h" { (with_key(words, texts::OFFICE_BLOCKS_TITLE, "h")) } }
        }
    }
}

/// Renders the form, with what was filled in before and why it was refused.
pub(super) fn render(
    web: &Web,
    words: Words,
    session: &Session,
    counter: &Counter,
    (form, failure): (&Form, Option<&Failure>),
    path: &str,
) -> Markup {
    html! {
        form.sale method="post" action=(path) data-quote=(format!("{path}/quote")) {
            (default_button()) (token(session)) (once(form))
            @if let Some(failure) = failure {
                div.refused { (alert(&says(web, words, failure))) (proposals::of_failure(words, failure)) }
            }
            (counts(words, &counter.slot, form))
            @if counter.slot.showing().seating().is_some() { (seat_wishes(words, counter, form)) }
            (person(words, form))
            @if counter.slot.prices().is_some() { (payment(words, form)) }
            div.till {
                output.quote data-quoted {}
                button { (with_key(words, texts::OFFICE_SELL, "⏎")) }
            }
        }
    }
}

/// The button that Enter in any field presses: the first one of a form. Without it that would be the first one which offers other seats.
pub(super) fn default_button() -> Markup {
    html! { button.unseen tabindex="-1" aria-hidden="true" {} }
}

/// A field of the form with what was filled in before.
fn field(label: &Markup, form: &Form, name: &str, input: impl FnOnce(&str) -> Markup) -> Markup {
    html! { label.field { (label) (input(form.one(name).unwrap_or_default())) } }
}

/// The fields that say how many tickets. The first one has the focus.
fn counts(words: Words, slot: &TicketSlot, form: &Form) -> Markup {
    let (types, most) = (types_of(slot), wish::most(slot));
    let count = |name: &str, label: &Markup, is_first: bool| {
        field(label, form, name, |value| {
            html! {
                input.count type="number" name=(name) value=(value) min="0" max=(most) accesskey=[is_first.then_some("t")] autofocus[is_first] inputmode="numeric" autocomplete="off";
            }
        })
    };
    html! {
        fieldset.counts {
            legend { (with_key(words, texts::OFFICE_HOW_MANY, "t")) }
            @if types.is_empty() { (count("count", &html! { (words.say(texts::OFFICE_COUNT)) }, true)) }
            @for (index, ticket_type) in types.iter().enumerate() {
                @let price = price(words, slot, ticket_type);
                @let label = html! { span { (ticket_type) @if let Some(price) = price { " · " (price) } } };
                (count(&format!("{TYPE}{ticket_type}"), &label, index == 0))
            }
        }
    }
}

/// Says what tickets of a type cost: the lowest price, where zones of the slot's seats have several.
fn price(words: Words, slot: &TicketSlot, ticket_type: &str) -> Option<String> {
    let list = &slot.prices()?.list;
    let prices = list.of_seats(slot.showing().seating().map(|seating| &*seating.plan)).into_iter();
    let prices = prices.filter(|(its, ..)| its.as_str() == ticket_type);
    let mut amounts: Vec<_> = prices.map(|(_, _, amount)| amount).collect();
    amounts.sort_unstable();
    amounts.dedup();
    let lowest = words.money(amounts.first()?.minor().into(), list.currency());
    Some(if amounts.len() == 1 { lowest } else { words.tell(texts::FROM_PRICE, [("price", lowest.into())]) })
}

/// The fields that say which seats. They are folded, since the best are right for most buyers.
pub(super) fn seat_wishes(words: Words, counter: &Counter, form: &Form) -> Markup {
    let plan = counter.slot.showing().seating().map(|seating| &*seating.plan);
    let zones = plan.map(Plan::zones).unwrap_or_default();
    let chosen = wish::seats(form);
    let options = Options { chosen: &chosen, ..Options::of(Channel::BoxOffice) };
    let is_open = !chosen.is_empty()
        || ["zone", "wheelchairs", "apart", "single", "block"].iter().any(|name| form.one(name).is_some());
    html! {
        details.wishes open[is_open] {
            summary accesskey="s" { (with_key(words, texts::OFFICE_SEATS, "s")) }
            div.fields {
                @if zones.len() > 1 {
                    label.field { (words.say(texts::PRICES_ZONE)) select name="zone" {
                        option value="" { (words.say(texts::OFFICE_ANY_ZONE)) }
                        @for zone in zones { option value=(zone) selected[form.one("zone") == Some(zone)] { (zone) } }
                    } }
                }
                (wheelchairs(words, form, 0))
                (tick(words, texts::OFFICE_APART, form, "apart"))
                (tick(words, texts::OFFICE_SINGLE, form, "single"))
                @if !counter.blocks.is_empty() { (blocks(words, &counter.blocks, form)) }
                (typed_seats(words))
            }
            @if let Some(chooser) = seats::chooser(words, &counter.slot, &counter.holds, options) { (chooser) }
        }
    }
}

/// The field in which the labels of seats are typed. It is empty again when the form is: then they are chosen on the plan.
pub(super) fn typed_seats(words: Words) -> Markup {
    html! {
        label.field {
            (words.say(texts::OFFICE_SEATS_TYPED))
            input name="seats" maxlength="4000" autocomplete="off" autocapitalize="characters" spellcheck="false";
        }
    }
}

/// The field for the number of places for wheelchairs, with the one that it has at first.
pub(super) fn wheelchairs(words: Words, form: &Form, at_first: u8) -> Markup {
    let label = html! { (words.say(texts::OFFICE_WHEELCHAIRS)) };
    let at_first = if at_first > 0 { at_first.to_string() } else { String::new() };
    field(&label, form, "wheelchairs", |value| {
        let value = if form.has("wheelchairs") { value } else { &at_first };
        html! { input.count type="number" name="wheelchairs" value=(value) min="0" max=(TicketCount::MAX) inputmode="numeric" autocomplete="off"; }
    })
}

/// A box to tick.
pub(super) fn tick(words: Words, text: Text, form: &Form, name: &str) -> Markup {
    html! { label.choice { input type="checkbox" name=(name) value="1" checked[form.has(name)]; (words.say(text)) } }
}

/// The field for a block whose seats may be taken.
pub(super) fn blocks(words: Words, blocks: &[Block], form: &Form) -> Markup {
    let given = form.one("block").unwrap_or_default();
    html! {
        label.field { (words.say(texts::OFFICE_FROM_BLOCK)) select name="block" {
            option value="" { (words.say(texts::OFFICE_NO_BLOCK)) }
            @for block in blocks {
                option value=(block.id()) selected[given == block.id().to_string()] {
                    (block.reason().as_str()) " (" (block.seats().len()) ")"
                }
            }
        } }
    }
}

fn person(words: Words, form: &Form) -> Markup {
    html! {
        fieldset.person {
            legend { (with_key(words, texts::OFFICE_PERSON, "m")) }
            (field(&html! { (words.say(texts::OFFICE_NAME)) }, form, "name", |value| html! {
                input name="name" value=(value) maxlength=(UserName::MAX) accesskey="m" autocomplete="off";
            }))
            (field(&html! { (words.say(texts::OFFICE_PHONE)) }, form, "phone", |value| html! {
                input type="tel" name="phone" value=(value) maxlength=(2 * PhoneNumber::MAX) autocomplete="off";
            }))
            p.hint { (words.say(texts::OFFICE_PERSON_HINT)) }
        }
    }
}

fn payment(words: Words, form: &Form) -> Markup {
    let method = form.one("method").unwrap_or("cash");
    let choice = |name: &'static str, key: &'static str, text: Text| {
        html! {
            label.choice {
                input type="radio" name="method" value=(name) accesskey=(key) checked[method == name];
                (with_key(words, text, key))
            }
        }
    };
    html! {
        fieldset.payment {
            legend { (words.say(texts::OFFICE_PAYMENT)) }
            div.methods { (choice("cash", "k", texts::OFFICE_CASH)) (choice("terminal", "l", texts::OFFICE_TERMINAL)) }
            (field(&with_key(words, texts::OFFICE_GIVEN, "a"), form, "given", |value| html! {
                input.given name="given" value=(value) maxlength="12" inputmode="decimal" accesskey="a" autocomplete="off";
            }))
            (field(&html! { (words.say(texts::OFFICE_REFERENCE)) }, form, "reference", |value| html! {
                input name="reference" value=(value) maxlength=(PaymentReference::MAX) autocomplete="off";
            }))
            (field(&with_key(words, texts::OFFICE_PROMOTION, "o"), form, "promotion", |value| html! {
                input name="promotion" value=(value) maxlength=(PromotionCode::MAX) accesskey="o" autocomplete="off" autocapitalize="characters" spellcheck="false";
            }))
        }
    }
}

/// Says what a sale would be.
pub(super) fn quoted(words: Words, seats: &[String], sale: Option<&Sale>, given: Option<u64>) -> Markup {
    html! {
        @if !seats.is_empty() { p { (seats.join(", ")) } }
        @if let Some(sale) = sale {
            @if sale.discount() > 0 { p { "−" (words.money(sale.discount(), sale.currency)) } }
            p.total { (words.money(sale.total(), sale.currency)) }
            @if let Some(given) = given { (change(words, sale, given)) }
        }
    }
}

/// Says what a buyer gets back of the sum given, or what is missing.
pub(super) fn change(words: Words, sale: &Sale, given: u64) -> Markup {
    let (text, class) =
        if given >= sale.total() { (texts::OFFICE_CHANGE, "change") } else { (texts::OFFICE_MISSING, "missing") };
    let sum = words.money(given.abs_diff(sale.total()), sale.currency);
    html! { p.(class) { (words.tell(text, [("sum", sum.into())])) } }
}

/// Says why nothing can be sold so.
pub(super) fn unquoted(web: &Web, words: Words, failure: &Failure) -> Markup {
    html! { p.hint { (says(web, words, failure)) } }
}

/// Says why something was not done.
pub(super) fn says(web: &Web, words: Words, failure: &Failure) -> String {
    match failure {
        Failure::Field(text) => words.say(*text),
        Failure::Count(most) => words.tell(texts::OFFICE_BAD_COUNT, [("most", (*most).into())]),
        Failure::Domain(error) => refusal::tell(words, web.zone, error),
    }
}

/// Makes a page the answer to a form that was refused.
pub(super) fn answer(page: Page, failure: Failure) -> Page {
    match failure {
        Failure::Field(_) | Failure::Count(_) => page.with_status(StatusCode::UNPROCESSABLE_ENTITY),
        Failure::Domain(error) => page.because(refused(error)),
    }
}
