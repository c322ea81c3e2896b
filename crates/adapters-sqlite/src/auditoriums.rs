//! Auditoriums, their plans and timetables.

use std::sync::Arc;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use rusqlite::params;
use ticketly_domain::{
    Auditorium, AuditoriumId, Entity, InTheWay, Occupancy, Plan, PlanVersion, Refusal, Showing, StoreError, Turnaround,
};

use crate::db::{Db, auditorium_key};
use crate::error::{Corrupt, failed, is_taken};
use crate::queries::{self, all};
use crate::rows;
use crate::session::Session;

pub(crate) fn add(session: &mut Session, auditorium: &Auditorium) -> Result<(), StoreError> {
    let count: usize =
        session.db.query_row("SELECT count(*) FROM auditoriums", [], |row| row.get(0)).map_err(failed)?;
    if count >= Auditorium::MAX {
        return Err(Refusal::TooManyAuditoriums { limit: Auditorium::MAX }.into());
    }
    let Auditorium { id, name, turnaround, single_seats, version, plan } = auditorium;
    session
        .execute(
            "INSERT INTO auditoriums (id, name, turnaround, single_seats, version) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![auditorium_key(*id), name.as_str(), turnaround.minutes(), single_seats.as_str(), version.0],
        )
        .map_err(|error| if is_taken(&error) { StoreError::IdTaken } else { failed(error) })?;
    add_plan(session, *id, *version, plan)
}

fn add_plan(session: &mut Session, id: AuditoriumId, version: PlanVersion, plan: &Plan) -> Result<(), StoreError> {
    let insert = "INSERT INTO plans (auditorium, version, picture) VALUES (?1, ?2, ?3)";
    let picture = plan.picture().to_string();
    session.execute(insert, params![auditorium_key(id), version.0, picture]).map(drop).map_err(failed)
}

pub(crate) fn replace_plan(
    session: &mut Session,
    id: AuditoriumId,
    plan: &Arc<Plan>,
) -> Result<Auditorium, StoreError> {
    let old = one(&session.db, id)?.ok_or(Refusal::Unknown(Entity::Auditorium))?;
    let new = old.with_plan(plan).ok_or(Refusal::TooManyPlans { limit: PlanVersion::MAX.0 })?;
    if new.version != old.version {
        add_plan(session, id, new.version, plan)?;
        let update = "UPDATE auditoriums SET version = ?2 WHERE id = ?1";
        session.execute(update, params![auditorium_key(id), new.version.0]).map_err(failed)?;
    }
    Ok(new)
}

pub(crate) fn one(db: &Db, id: AuditoriumId) -> Result<Option<Auditorium>, StoreError> {
    let sql = format!("SELECT {} FROM auditoriums WHERE id = ?1", rows::AUDITORIUM);
    Ok(all(db, &sql, [auditorium_key(id)], rows::auditorium)?.pop())
}

pub(crate) fn list(db: &Db) -> Result<Vec<Auditorium>, StoreError> {
    // A range of the key, since a query without a condition counts as a scan.
    let sql = format!("SELECT {} FROM auditoriums WHERE id >= 0 ORDER BY id LIMIT ?1", rows::AUDITORIUM);
    all(db, &sql, [Auditorium::MAX], rows::auditorium)
}

/// Checks that an auditorium is free for a showing.
pub(crate) fn check_free(db: &Db, showing: &Showing) -> Result<(), StoreError> {
    let Some(seating) = showing.seating() else { return Ok(()) };
    let own = Occupancy::of(showing);
    let midnight = own.start.with_time(NaiveTime::MIN).earliest().unwrap_or(own.start);
    let after_last = own.until + TimeDelta::days(1);
    let others = timetable(db, seating.auditorium, midnight, after_last)?;
    let others = others.iter().filter(|other| other.id() != showing.id());
    let others: Vec<_> = others.map(|other| Occupancy::of(other)).collect();
    own.check(&others).map_err(|in_the_way| refusal(db, in_the_way).unwrap_or_else(|error| error))
}

fn refusal(db: &Db, in_the_way: InTheWay) -> Result<StoreError, StoreError> {
    let found = |slot| {
        let slot = queries::slot(db, slot)?.ok_or(Corrupt { table: "slots", column: "auditorium" })?;
        Ok::<_, StoreError>(Showing::clone(slot.showing()))
    };
    Ok(in_the_way.refusal(found)?.into())
}

/// Returns the showings that occupy an auditorium between two times, in order of start. One that was canceled or moved does not.
pub(crate) fn timetable(
    db: &Db,
    id: AuditoriumId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Arc<Showing>>, StoreError> {
    // No showing occupies an auditorium for longer.
    let longest = Showing::MAX_LENGTH + TimeDelta::minutes(Turnaround::MAX.into());
    let earliest = from.checked_sub_signed(longest).unwrap_or(DateTime::<Utc>::MIN_UTC);
    let sql = format!(
        "SELECT {} FROM slots INDEXED BY slots_by_auditorium \
         WHERE auditorium = ?1 AND starts >= ?2 AND starts < ?3 \
         AND NOT EXISTS (SELECT 1 FROM cancellations WHERE cancellations.slot = slots.id) \
         AND NOT EXISTS (SELECT 1 FROM reseatings WHERE reseatings.slot = slots.id) ORDER BY starts, id",
        rows::SHOWING
    );
    let range = params![auditorium_key(id), earliest.timestamp_millis(), until.timestamp_millis()];
    let mut showings = all(db, &sql, range, rows::showing_only)?;
    showings.retain(|showing| showing.occupied_until() > from);
    Ok(showings)
}
