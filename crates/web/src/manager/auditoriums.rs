//! The auditoriums: the list, a new one, and another plan.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{
    Auditorium, AuditoriumDraft, AuditoriumId, AuditoriumName, Picture, PlanVersion, SingleSeats, Turnaround,
};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::area::{Area, Before, Done, Part};
use super::field::{Draft, Input};
use super::plan_editor::{self, wheelchairs};
use super::plan_picture::thumbnail;
use super::plan_text::fields_of;
use super::refusal::explained;
use crate::assets::PLAN_JS;
use crate::locale::{Text, texts};
use crate::page::{Page, see_other};

const LIST: &str = "/manage/auditoriums";
/// The value of the button that only shows what a plan looks like.
const LOOK: &str = "look";
/// The plan with which a person begins.
const FIRST: &str = "legend . standard\nlegend c companion\nlegend w wheelchair\nrow A 1 1 ....._.....\nrow B 1 1 ....._.....\n\
                     row C 1 1 ....._.....\nrow D 1 1 wc..._.....";

/// Lists the auditoriums.
pub(crate) async fn list(area: Area, before: Query<Before>) -> Result<Page, Problem> {
    let auditoriums = area.web.ticketing.auditoriums().await.map_err(refused)?;
    let content = html! {
        h1 { (area.say(texts::MANAGE_AUDITORIUMS)) }
        (Done::notice(&area, before.done.as_deref()))
        div.actions {
            a.button href=(format!("{LIST}/new")) { (area.say(texts::MANAGE_AUDITORIUM_ADD)) }
            a.button.quiet href=(format!("{LIST}/import")) { (area.say(texts::MANAGE_IMPORT_TITLE)) }
        }
        @if auditoriums.is_empty() { p { (area.say(texts::MANAGE_AUDITORIUM_NONE)) } }
        ul.cards { @for auditorium in &auditoriums { li { (card(&area, auditorium)) } } }
    };
    Ok(area.page(Part::Auditoriums, area.say(texts::MANAGE_AUDITORIUMS), content))
}

fn card(area: &Area, auditorium: &Auditorium) -> Markup {
    let seats = [("seats", auditorium.plan.seats().into()), ("rows", auditorium.plan.rows().len().into())];
    html! {
        a.card.hall-card href=(format!("{LIST}/{}", auditorium.id)) {
            h2 { (auditorium.name.as_str()) }
            p { (area.words.tell(texts::MANAGE_PLAN_SUMMARY, seats)) }
            (thumbnail(&auditorium.plan))
        }
    }
}

/// Shows the form of a new auditorium.
pub(crate) async fn new(area: Area) -> Result<Page, Problem> {
    let picture = FIRST.parse::<Picture>().unwrap_or_default();
    Ok(new_page(&area, &begun(&picture, None), &[]))
}

/// Returns the form of a new auditorium with this plan.
pub(super) fn begun(picture: &Picture, name: Option<String>) -> Draft {
    let mut known = fields_of(picture);
    known.push(("name", name.unwrap_or_default()));
    known.push(("turnaround", Turnaround::DEFAULT.minutes().to_string()));
    known.push(("single", SingleSeats::Refused.to_string()));
    Draft::of(known)
}

/// Shows the form of a new auditorium, with notes of its import.
pub(super) fn new_page(area: &Area, draft: &Draft, notes: &[String]) -> Page {
    let rules = [
        (SingleSeats::Refused, texts::MANAGE_SINGLE_REFUSED),
        (SingleSeats::AllowedAtAisles, texts::MANAGE_SINGLE_AISLES),
        (SingleSeats::Allowed, texts::MANAGE_SINGLE_ALLOWED),
    ];
    let rules = rules.map(|(rule, text)| (rule.to_string(), area.say(text)));
    let content = html! {
        h1 { (area.say(texts::MANAGE_AUDITORIUM_ADD)) }
        (draft.alert(area))
        @if !notes.is_empty() {
            div.notice {
                p { (area.say(texts::MANAGE_IMPORT_NOTES)) }
                ul { @for note in notes { li { (note) } } }
            }
        }
        form.sheet method="post" action=(format!("{LIST}/new")) {
            (area.token())
            fieldset.whole {
                legend { (area.say(texts::MANAGE_AUDITORIUM_FACTS)) }
                div.pair {
                    (draft.input(area, texts::MANAGE_AUDITORIUM_NAME, Input {
                        name: "name", required: true, max: Some(AuditoriumName::MAX), ..Input::default()
                    }))
                    (draft.input(area, texts::MANAGE_TURNAROUND, Input {
                        name: "turnaround", keyboard: Some("numeric"), max: Some(3), ..Input::default()
                    }))
                    (draft.select(area, texts::MANAGE_SINGLE, "single", &rules))
                }
            }
            (editor(area, draft, texts::MANAGE_AUDITORIUM_SEND))
        }
    };
    area.page(Part::Auditoriums, area.say(texts::MANAGE_AUDITORIUM_ADD), content).with(PLAN_JS)
}

fn editor(area: &Area, draft: &Draft, send: Text) -> Markup {
    html! {
        (plan_editor::fields(area, draft))
        div.actions {
            button { (area.say(send)) }
            button.quiet.without-module name="do" value=(LOOK) { (area.say(texts::MANAGE_PLAN_LOOK)) }
            a href=(LIST) { (area.say(texts::MANAGE_DISCARD)) }
        }
    }
}

/// Adds an auditorium, or shows what its plan looks like.
pub(crate) async fn add(request: HttpRequest, area: Area, form: Form) -> Result<HttpResponse, Problem> {
    let mut draft = Draft::sent(form);
    if draft.value("do") == LOOK {
        return Ok(new_page(&area, &draft, &[]).respond_to(&request));
    }
    if let Some(auditorium) = read(&mut draft, &area) {
        let known = area.web.ticketing.auditoriums().await.map_err(refused)?;
        // The interface for programs allows it, but people could not tell them apart, and a form that is sent twice adds one.
        if known.iter().any(|other| other.name == auditorium.name) {
            draft.refuse("name", area.say(texts::MANAGE_AUDITORIUM_TWICE));
        } else {
            let added = area.web.ticketing.add_auditorium(&auditorium, area.now(), &mut rand::rng()).await;
            match explained(&area, added)? {
                Ok(added) => return Ok(see_other(&Done::Added.on(&format!("{LIST}/{}", added.id)))),
                Err(refusal) => draft.refuse(refusal.field, refusal.text),
            }
        }
    }
    let page = new_page(&area, &draft, &[]).with_status(StatusCode::UNPROCESSABLE_ENTITY);
    Ok(page.respond_to(&request))
}

fn read(draft: &mut Draft, area: &Area) -> Option<AuditoriumDraft> {
    let name = draft.read(area, "name", AuditoriumName::parse);
    let minutes = |text: &str| Turnaround::new(text.parse().unwrap_or(u32::MAX));
    let turnaround = draft.read(area, "turnaround", minutes);
    let single_seats = draft.read(area, "single", str::parse::<SingleSeats>);
    let plan = plan_editor::plan(draft, area);
    Some(AuditoriumDraft { name: name?, turnaround: turnaround?, single_seats: single_seats?, plan: Arc::new(plan?) })
}

/// Which version of a plan is shown, and what was done before.
#[derive(Debug, Deserialize)]
pub(crate) struct Shown {
    version: Option<u32>,
    done: Option<String>,
}

/// Shows an auditorium with a version of its plan.
pub(crate) async fn show(area: Area, id: Id<AuditoriumId>, shown: Query<Shown>) -> Result<Page, Problem> {
    let auditorium = area.web.ticketing.auditorium(id.0).await.map_err(refused)?;
    let (version, plan) = match shown.version.map(PlanVersion) {
        Some(version) if version != auditorium.version => {
            (version, area.web.ticketing.plan(id.0, version).await.map_err(refused)?)
        }
        _ => (auditorium.version, Arc::clone(&auditorium.plan)),
    };
    let draft = Draft::of(fields_of(plan.picture()));
    Ok(page(&area, &auditorium, version, &draft, shown.done.as_deref()))
}

fn page(area: &Area, auditorium: &Auditorium, version: PlanVersion, draft: &Draft, done: Option<&str>) -> Page {
    let path = format!("{LIST}/{}", auditorium.id);
    let content = html! {
        p { a href=(LIST) { (area.say(texts::MANAGE_AUDITORIUMS)) } }
        h1 { (auditorium.name.as_str()) }
        (Done::notice(area, done))
        (facts(area, auditorium))
        (versions(area, auditorium, version))
        (draft.alert(area))
        p.hint { (area.say(texts::MANAGE_PLAN_SAVE_HINT)) }
        form.sheet method="post" action=(path) {
            (area.token())
            (editor(area, draft, texts::MANAGE_PLAN_SEND))
        }
    };
    area.page(Part::Auditoriums, auditorium.name.as_str(), content).with(PLAN_JS)
}

fn facts(area: &Area, auditorium: &Auditorium) -> Markup {
    let single = match auditorium.single_seats {
        SingleSeats::Refused => texts::MANAGE_SINGLE_REFUSED,
        SingleSeats::AllowedAtAisles => texts::MANAGE_SINGLE_AISLES,
        SingleSeats::Allowed => texts::MANAGE_SINGLE_ALLOWED,
    };
    let facts = [
        (texts::MANAGE_COLUMN_TAKEN, auditorium.plan.seats().to_string()),
        (texts::MANAGE_PLAN_WHEELCHAIRS, wheelchairs(&auditorium.plan).to_string()),
        (texts::MANAGE_TURNAROUND, auditorium.turnaround.minutes().to_string()),
        (texts::MANAGE_SINGLE, area.say(single)),
    ];
    html! {
        dl.facts-list { @for (name, value) in facts { div { dt { (area.say(name)) } dd { (value) } } } }
    }
}

/// Says which version is shown, with links to those beside it.
fn versions(area: &Area, auditorium: &Auditorium, version: PlanVersion) -> Markup {
    let newest = auditorium.version.0;
    let numbers = [("version", version.0.into()), ("newest", newest.into())];
    let link = |version: u32, text| {
        html! { a href=(format!("{LIST}/{}?version={version}", auditorium.id)) { (area.say(text)) } }
    };
    html! {
        p.versions {
            (area.words.tell(texts::MANAGE_VERSION_OF, numbers)) " "
            @if version.0 > 1 { (link(version.0 - 1, texts::MANAGE_VERSION_BEFORE)) " " }
            @if version.0 < newest { (link(version.0 + 1, texts::MANAGE_VERSION_AFTER)) }
        }
    }
}

/// Gives an auditorium another plan, or shows what it looks like.
pub(crate) async fn replace(
    request: HttpRequest,
    area: Area,
    id: Id<AuditoriumId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let auditorium = area.web.ticketing.auditorium(id.0).await.map_err(refused)?;
    let mut draft = Draft::sent(form);
    let looked = draft.value("do") == LOOK;
    if !looked && let Some(plan) = plan_editor::plan(&mut draft, &area) {
        let replaced = area.web.ticketing.replace_plan(id.0, &Arc::new(plan)).await;
        match explained(&area, replaced)? {
            Ok(_) => return Ok(see_other(&Done::Saved.on(&format!("{LIST}/{}", id.0)))),
            Err(refusal) => draft.refuse(refusal.field, refusal.text),
        }
    }
    let page = page(&area, &auditorium, auditorium.version, &draft, None);
    let status = if looked { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(page.with_status(status).respond_to(&request))
}
