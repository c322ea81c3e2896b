//! Auditoriums, their plans and timetables.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::{ID_RETRIES, Ticketing};
use crate::{
    Auditorium, AuditoriumDraft, AuditoriumId, Entity, Error, Invalid, Plan, PlanVersion, Refusal, Showing, SlotId,
    StoreError,
};

impl Ticketing {
    /// Adds an auditorium. Refuses with [`Refusal::TooManyAuditoriums`].
    pub async fn add_auditorium(
        &self,
        draft: &AuditoriumDraft,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Auditorium, Error> {
        let mut retries = ID_RETRIES;
        loop {
            let auditorium = Auditorium::add(draft.clone(), now, rng);
            match self.store.add_auditorium(&auditorium).await {
                Err(StoreError::IdTaken) if retries.next().is_some() => {}
                outcome => return Ok(outcome.map(|()| auditorium)?),
            }
        }
    }

    /// Returns the auditorium of this identifier. Refuses with [`Refusal::Unknown`] when there is no such auditorium.
    pub async fn auditorium(&self, id: AuditoriumId) -> Result<Auditorium, Error> {
        Ok(self.store.auditorium(id).await?.ok_or(Refusal::Unknown(Entity::Auditorium))?)
    }

    /// Returns all auditoriums, in the order in which they were added.
    pub async fn auditoriums(&self) -> Result<Vec<Auditorium>, Error> {
        Ok(self.store.auditoriums().await?)
    }

    /// Gives an auditorium another plan for the slots that are scheduled from now on. The same plan again changes nothing.
    /// Refuses with [`Refusal::Unknown`] and [`Refusal::TooManyPlans`].
    pub async fn replace_plan(&self, id: AuditoriumId, plan: &Arc<Plan>) -> Result<Auditorium, Error> {
        Ok(self.store.replace_plan(id, plan).await?)
    }

    /// Returns a version of an auditorium's plan. Refuses with [`Refusal::Unknown`] when there is none.
    pub async fn plan(&self, id: AuditoriumId, version: PlanVersion) -> Result<Arc<Plan>, Error> {
        if let Some(plan) = self.store.plan(id, version).await? {
            return Ok(plan);
        }
        self.auditorium(id).await?;
        Err(Refusal::Unknown(Entity::Plan).into())
    }

    /// Returns the refusal of a showing in an auditorium between two times: another occupies it then, or until it is ready again.
    /// `None` when nothing is in the way. `except` is the slot that is to move there. Refuses with [`Refusal::Unknown`] when there is
    /// no such auditorium. Times that [`Showing::check_times`] does not accept are [`Invalid`].
    pub async fn in_the_way(
        &self,
        id: AuditoriumId,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        except: Option<SlotId>,
    ) -> Result<Option<Refusal>, Error> {
        Showing::check_times(start, end)?;
        let until = end + self.auditorium(id).await?.turnaround.time();
        let others = self.store.timetable(id, start, until).await?;
        Ok(others.iter().find(|other| Some(other.id()) != except).map(|other| other.in_the_way()))
    }

    /// Returns the showings that occupy an auditorium between two times, in order of start. Refuses with
    /// [`Refusal::Unknown`] when there is no such auditorium. An `until` that is not after `from`, or more than
    /// [`Auditorium::MAX_TIMETABLE`] after it, is [`Invalid`].
    pub async fn timetable(
        &self,
        id: AuditoriumId,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Arc<Showing>>, Error> {
        if from >= until || until - from > Auditorium::MAX_TIMETABLE {
            let days = Auditorium::MAX_TIMETABLE.num_days();
            return Err(Invalid::new("until", format!("give a time after from, at most {days} days later")).into());
        }
        self.auditorium(id).await?;
        Ok(self.store.timetable(id, from, until).await?)
    }
}
