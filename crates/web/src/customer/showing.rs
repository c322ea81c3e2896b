//! A showing: when and what it is, its seats as they are now, and its prices.

use actix_web::web::Data;
use maud::{Markup, html};
use ticketly_domain::{Channel, SlotId, SlotPrices, TicketSlot};
use ticketly_http::extract::Id;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::programme;
use crate::app::Web;
use crate::locale::{Words, texts};
use crate::page::Page;
use crate::seats::{self, Options};

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
        @if let Some(chooser) = seats::chooser(words, &slot, &holds, Options::of(Channel::Public)) { form { (chooser) } }
        @if let Some(prices) = slot.prices() { (price_table(words, prices, &slot)) }
    };
    Ok(seats::on(Page::new(&web, words, showing.name().as_str(), content)))
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
