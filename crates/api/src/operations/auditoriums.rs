//! The operations on auditoriums.

use chrono::TimeDelta;
use paperclip::actix::api_v2_operation;
use ticketly_domain::AuditoriumId;

use super::{App, answer};
use crate::wire::auditoriums::{
    AddAuditorium, Auditorium, AuditoriumList, ReplacePlan, SeatingPlan, ShowPlan, ShowTimetable, Timetable,
};
use ticketly_http::extract::{Body, Id, Query};
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::reply::{Cacheable, Created, Json};

/// The length of a timetable whose query has no `until`.
const WEEK: TimeDelta = TimeDelta::days(7);

/// Add an auditorium
///
/// The request is the file of a seating plan, with two more fields. Several auditoriums may have the same name. So an
/// Idempotency-Key is ignored here: after an unknown outcome, list the auditoriums before you add it again.
#[api_v2_operation(operation_id = "addAuditorium", tags(Auditoriums))]
pub async fn add(app: App, draft: Body<AddAuditorium>) -> Result<Created<Auditorium>, Problem> {
    answer(app.ticketing.add_auditorium(&draft.0, app.now(), &mut rand::rng()).await, |auditorium| Created {
        location: format!("/v1/auditoriums/{}", auditorium.id),
        body: Auditorium::of(&auditorium),
    })
}

/// List all auditoriums
#[api_v2_operation(operation_id = "listAuditoriums", tags(Auditoriums))]
pub async fn list(app: App, rows: RowsRead) -> Result<Json<AuditoriumList>, Problem> {
    answer(app.ticketing.auditoriums().await, |auditoriums| {
        rows.add(auditoriums.len());
        Json(AuditoriumList::of(&auditoriums))
    })
}

/// Show an auditorium
#[api_v2_operation(operation_id = "getAuditorium", tags(Auditoriums))]
pub async fn show(app: App, id: Id<AuditoriumId>) -> Result<Json<Auditorium>, Problem> {
    answer(app.ticketing.auditorium(id.0).await, |auditorium| Json(Auditorium::of(&auditorium)))
}

/// Replace the plan of an auditorium
///
/// Slots that are scheduled from now on get the new plan. Slots that exist keep theirs, with its version. The same plan
/// again changes nothing.
#[api_v2_operation(operation_id = "replacePlan", tags(Auditoriums))]
pub async fn replace_plan(
    app: App,
    id: Id<AuditoriumId>,
    plan: Body<ReplacePlan>,
) -> Result<Json<Auditorium>, Problem> {
    answer(app.ticketing.replace_plan(id.0, &plan.0).await, |auditorium| Json(Auditorium::of(&auditorium)))
}

/// Show the plan of an auditorium
///
/// A version never changes, so caches may keep the answer to a request with `version`.
#[api_v2_operation(operation_id = "getPlan", tags(Auditoriums))]
pub async fn plan(app: App, id: Id<AuditoriumId>, query: Query<ShowPlan>) -> Result<Cacheable<SeatingPlan>, Problem> {
    let (version, plan) = if let Some(version) = query.0 {
        (version, app.ticketing.plan(id.0, version).await.map_err(refused)?)
    } else {
        let auditorium = app.ticketing.auditorium(id.0).await.map_err(refused)?;
        (auditorium.version, auditorium.plan)
    };
    Ok(Cacheable { body: SeatingPlan::of(id.0, version, &plan), forever: query.0.is_some() })
}

/// Show the timetable of an auditorium
///
/// Returns the showings that occupy it, in order of start.
#[api_v2_operation(operation_id = "getTimetable", tags(Auditoriums))]
pub async fn timetable(
    app: App,
    rows: RowsRead,
    id: Id<AuditoriumId>,
    query: Query<ShowTimetable>,
) -> Result<Json<Timetable>, Problem> {
    let from = query.0.0.unwrap_or_else(|| app.now());
    let until = query.0.1.unwrap_or(from + WEEK);
    answer(app.ticketing.timetable(id.0, from, until).await, |showings| {
        rows.add(showings.len());
        Json(Timetable::of(&showings, app.zone))
    })
}
