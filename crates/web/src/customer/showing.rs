//! A showing: when and what it is, its seats as they are now, and its prices.

use actix_web::web::Data;
use maud::{Markup, html};
use ticketly_domain::{SlotId, SlotPrices, TicketSlot};
use ticketly_http::extract::Id;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::{programme, seat_picture};
use crate::app::Web;
use crate::assets::SEATS_JS;
use crate::locale::{Words, texts};
use crate::page::Page;

/// Shows a showing.
pub(crate) async fn show(web: Data<Web>, words: Words, id: Id<SlotId>) -> Result<Page, Problem> {
    let (slot, holds) = web.ticketing.seats_at(id.0, web.now()).await.map_err(refused)?;
    let showing = slot.showing();
    let [start, end] = [showing.start(), showing.end()].map(|time| web.zone.show(time));
    let day = start.date_naive();
    let content = html! {
        p { a href=(format!("/?day={day}")) { (words.say(texts::SHOWING_BACK)) } }
        h1 { (showing.name().as_str()) }
        p.when {
            time datetime=(start.to_rfc3339()) { (words.day(day)) ", " (words.time(start.time())) }
            " " (words.tell(texts::SHOWING_UNTIL, [("time", words.time(end.time()).into())]))
        }
        p { (slot.details().description.as_str()) }
        (programme::left(words, &slot))
        @if let Some(picture) = seat_picture::draw(words, &slot, &holds) {
            section.seats data-live=(format!("/v1/slots/{}/seats/live", slot.id())) {
                p { (hint(words, &slot)) }
                (picture)
            }
        }
        @if let Some(prices) = slot.prices() { (price_table(words, prices, &slot)) }
    };
    Ok(Page::new(&web, words, showing.name().as_str(), content).with(SEATS_JS))
}

/// Says in words how many seats are free. The module repeats it with the numbers that it receives.
fn hint(words: Words, slot: &TicketSlot) -> Markup {
    let (free, all) = (slot.seats().available(), slot.seats().capacity().get());
    let text = words.tell(texts::SHOWING_PICTURE_HINT, [("free", "\u{0}".into()), ("all", all.into())]);
    let (before, after) = text.split_once('\u{0}').unwrap_or((&text, ""));
    html! { (before) span data-free { (free) } (after) }
}

fn price_table(words: Words, prices: &SlotPrices, slot: &TicketSlot) -> Markup {
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
