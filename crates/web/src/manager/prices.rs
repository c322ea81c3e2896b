//! The price lists: all of them, a new one, and other prices.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{
    Error, PriceList, PriceListDraft, PriceListId, PriceListName, PriceListVersion, StoredPriceList, TicketTypeName,
};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::area::{Area, Before, Done, Part};
use super::field::{Draft, Input};
use super::price_form::{self as form, MORE, zones_of};
use super::refusal::explained;
use crate::locale::texts;
use crate::page::{Page, see_other};

const LIST: &str = "/manage/prices";

/// Lists the price lists.
pub(crate) async fn list(area: Area, before: Query<Before>) -> Result<Page, Problem> {
    let lists = area.web.ticketing.price_lists().await.map_err(refused)?;
    let content = html! {
        h1 { (area.say(texts::MANAGE_PRICES)) }
        (Done::notice(&area, before.done.as_deref()))
        div.actions { a.button href=(format!("{LIST}/new")) { (area.say(texts::MANAGE_PRICES_ADD)) } }
        @if lists.is_empty() { p { (area.say(texts::MANAGE_PRICES_NONE)) } }
        ul.cards { @for list in &lists { li { (card(&area, list)) } } }
    };
    Ok(area.page(Part::Prices, area.say(texts::MANAGE_PRICES), content))
}

fn card(area: &Area, stored: &StoredPriceList) -> Markup {
    let amounts = stored.list.prices().iter().map(|price| price.amount.minor());
    let money = |minor: u32| area.words.money(minor.into(), stored.list.currency());
    let range = match (amounts.clone().min(), amounts.max()) {
        (Some(least), Some(most)) if least < most => format!("{} – {}", money(least), money(most)),
        (Some(only), _) => money(only),
        _ => String::new(),
    };
    let types: Vec<_> = stored.list.ticket_types().into_iter().map(TicketTypeName::as_str).collect();
    html! {
        a.card href=(format!("{LIST}/{}", stored.id)) {
            h2 { (stored.name.as_str()) }
            p { (types.join(", ")) }
            p.facts { (range) }
        }
    }
}

/// Shows the form of a new price list, with the zones of all auditoriums.
pub(crate) async fn new(area: Area) -> Result<Page, Problem> {
    let lists = area.web.ticketing.price_lists().await.map_err(refused)?;
    let zones = zones(&area).await.map_err(refused)?;
    // Most lists of a cinema have the same currency and the same tax.
    let last = lists.last().map(|stored| &stored.list);
    let fields = form::begun(&area, last.map(|list| list.currency()), last.map(|list| list.tax()), &zones);
    Ok(new_page(&area, &Draft::of(fields)))
}

async fn zones(area: &Area) -> Result<Vec<String>, Error> {
    Ok(zones_of(&area.web.ticketing.auditoriums().await?))
}

fn new_page(area: &Area, draft: &Draft) -> Page {
    let content = html! {
        h1 { (area.say(texts::MANAGE_PRICES_ADD)) }
        (draft.alert(area))
        form.sheet method="post" action=(format!("{LIST}/new")) {
            (area.token())
            fieldset.whole {
                legend { (area.say(texts::MANAGE_PRICES_FACTS)) }
                (draft.input(area, texts::MANAGE_PRICES_NAME, Input {
                    name: "name", required: true, max: Some(PriceListName::MAX), hint: Some(texts::MANAGE_PRICES_NAME_HINT),
                    ..Input::default()
                }))
            }
            (form::fields(area, draft))
            div.actions {
                button { (area.say(texts::MANAGE_PRICES_SEND)) }
                (form::more(area, draft))
                a href=(LIST) { (area.say(texts::MANAGE_DISCARD)) }
            }
        }
    };
    area.page(Part::Prices, area.say(texts::MANAGE_PRICES_ADD), content)
}

/// Adds a price list, or shows fields for further ticket types.
pub(crate) async fn add(request: HttpRequest, area: Area, form: Form) -> Result<HttpResponse, Problem> {
    let mut draft = Draft::sent(form);
    if draft.value("do") == MORE {
        return Ok(new_page(&area, &form::with_more(&draft)).respond_to(&request));
    }
    let name = draft.read(&area, "name", PriceListName::parse);
    let list = form::read(&mut draft, &area);
    if let Some((name, list)) = name.zip(list) {
        let known = area.web.ticketing.price_lists().await.map_err(refused)?;
        // The interface for programs allows it, but people could not tell them apart, and a form that is sent twice adds one.
        if known.iter().any(|other| other.name == name) {
            draft.refuse("name", area.say(texts::MANAGE_PRICES_TWICE));
        } else {
            let new = PriceListDraft { name, list: Arc::new(list) };
            let added = area.web.ticketing.add_price_list(&new, area.now(), &mut rand::rng()).await;
            match explained(&area, added)? {
                Ok(added) => return Ok(see_other(&Done::Added.on(&format!("{LIST}/{}", added.id)))),
                Err(refusal) => draft.refuse(refusal.field, refusal.text),
            }
        }
    }
    Ok(new_page(&area, &draft).with_status(StatusCode::UNPROCESSABLE_ENTITY).respond_to(&request))
}

/// Which version of a list is shown, and what was done before.
#[derive(Debug, Deserialize)]
pub(crate) struct Shown {
    version: Option<u32>,
    done: Option<String>,
}

/// Shows a price list with a version of its prices.
pub(crate) async fn show(area: Area, id: Id<PriceListId>, shown: Query<Shown>) -> Result<Page, Problem> {
    let ticketing = &area.web.ticketing;
    let newest = ticketing.price_list(id.0).await.map_err(refused)?;
    let found = match shown.version.map(PriceListVersion) {
        Some(version) => ticketing.price_list_at(id.0, version).await.map_err(refused)?,
        None => newest.clone(),
    };
    let zones = zones(&area).await.map_err(refused)?;
    let draft = form::fields_of(&area, &found.list, &zones).map(Draft::of);
    Ok(page(&area, &found, newest.version, draft.as_ref(), shown.done.as_deref()))
}

/// Returns the page of a price list. Without a draft the list is too large for a form.
fn page(
    area: &Area,
    found: &StoredPriceList,
    newest: PriceListVersion,
    draft: Option<&Draft>,
    done: Option<&str>,
) -> Page {
    let content = html! {
        p { a href=(LIST) { (area.say(texts::MANAGE_PRICES)) } }
        h1 { (found.name.as_str()) }
        (Done::notice(area, done))
        (versions(area, found, newest))
        @match draft {
            Some(draft) => {
                (draft.alert(area))
                p.hint { (area.say(texts::MANAGE_PRICES_SAVE_HINT)) }
                form.sheet method="post" action=(format!("{LIST}/{}", found.id)) {
                    (area.token())
                    (form::fields(area, draft))
                    div.actions {
                        button { (area.say(texts::MANAGE_PRICES_SAVE)) }
                        (form::more(area, draft))
                        a href=(LIST) { (area.say(texts::MANAGE_DISCARD)) }
                    }
                }
            }
            None => {
                p { (area.say(texts::MANAGE_PRICES_LARGE)) }
                (table(area, &found.list))
            }
        }
    };
    area.page(Part::Prices, found.name.as_str(), content)
}

/// Says which version is shown, with links to those beside it.
fn versions(area: &Area, found: &StoredPriceList, newest: PriceListVersion) -> Markup {
    let (version, newest) = (found.version.0, newest.0);
    let link = |version: u32, text| {
        html! { a href=(format!("{LIST}/{}?version={version}", found.id)) { (area.say(text)) } }
    };
    html! {
        p.versions {
            (area.words.tell(texts::MANAGE_VERSION_OF, [("version", version.into()), ("newest", newest.into())])) " "
            @if version > 1 { (link(version - 1, texts::MANAGE_VERSION_BEFORE)) " " }
            @if version < newest { (link(version + 1, texts::MANAGE_VERSION_AFTER)) }
        }
    }
}

fn table(area: &Area, list: &PriceList) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label=(area.say(texts::PRICES_TITLE)) {
            table {
                thead {
                    tr {
                        th scope="col" { (area.say(texts::PRICES_TYPE)) }
                        th scope="col" { (area.say(texts::PRICES_ZONE)) }
                        th.price scope="col" { (area.say(texts::PRICES_PRICE)) }
                    }
                }
                tbody {
                    @for price in list.prices() {
                        tr {
                            th scope="row" { (price.ticket_type.as_str()) }
                            td { @match &price.zone { Some(zone) => { (zone.as_str()) } None => { (area.say(texts::PRICES_ANY_ZONE)) } } }
                            td.price { (area.words.money(price.amount.minor().into(), list.currency())) }
                        }
                    }
                }
            }
        }
    }
}

/// Gives a price list other prices, or shows fields for further ticket types.
pub(crate) async fn replace(
    request: HttpRequest,
    area: Area,
    id: Id<PriceListId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let newest = area.web.ticketing.price_list(id.0).await.map_err(refused)?;
    let mut draft = Draft::sent(form);
    if draft.value("do") == MORE {
        let draft = form::with_more(&draft);
        return Ok(page(&area, &newest, newest.version, Some(&draft), None).respond_to(&request));
    }
    if let Some(list) = form::read(&mut draft, &area) {
        let saved = Done::Saved.on(&format!("{LIST}/{}", id.0));
        // The store would take the same prices in another order for other ones.
        if form::is_same(&list, &newest.list) {
            return Ok(see_other(&saved));
        }
        let replaced = area.web.ticketing.replace_prices(id.0, &Arc::new(list)).await;
        match explained(&area, replaced)? {
            Ok(_) => return Ok(see_other(&saved)),
            Err(refusal) => draft.refuse(refusal.field, refusal.text),
        }
    }
    let page = page(&area, &newest, newest.version, Some(&draft), None);
    Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).respond_to(&request))
}
