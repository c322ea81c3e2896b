//! Auditoriums, their plans and timetables.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use ticketly_domain::{
    Auditorium, AuditoriumId, Entity, InTheWay, Occupancy, Plan, PlanVersion, Refusal, Showing, StoreError,
};

use crate::client::layout;
use crate::client::retry::RetryBudget;
use crate::client::table::{Index, Range};
use crate::client::write::{CommitOutcome, Write};
use crate::items::auditoriums::{self, Day, day_key};
use crate::items::keyspace::{self, LAST};
use crate::store::DynamoStore;

/// The days of an auditorium around a showing, as they were read.
pub(crate) struct Days {
    id: AuditoriumId,
    own: Occupancy,
    days: Vec<(NaiveDate, Day)>,
}

impl Days {
    /// Returns the writes that add the showing, unless a day has changed since it was read.
    pub(crate) fn writes(&self) -> Vec<Write> {
        let with = |(date, day): &(NaiveDate, Day)| {
            let mut occupancies: Vec<_> =
                day.occupancies.iter().filter(|other| other.slot != self.own.slot).copied().collect();
            occupancies.push(self.own);
            day.write(self.id, *date, &occupancies)
        };
        self.days.iter().map(with).collect()
    }
}

impl DynamoStore {
    pub(crate) async fn auditorium_at(&self, id: AuditoriumId) -> Result<Option<Auditorium>, StoreError> {
        let Some(found) = self.table.get(&keyspace::auditorium(id)).await? else { return Ok(None) };
        let plan = self.plans.named(&self.table, auditoriums::version(&found)?).await?;
        auditoriums::read(&found, plan).map(Some)
    }

    /// Reads all auditoriums by one query, and those plans in batches that this server does not remember.
    pub(crate) async fn all_auditoriums(&self) -> Result<Vec<Auditorium>, StoreError> {
        let pk = keyspace::AUDITORIUMS.to_owned();
        let range = Range { index: Index::None, pk, low: String::new(), high: LAST.into() };
        let found = self.table.query(&range, Auditorium::MAX).await?.items;
        let present = found.iter().map(auditoriums::version).collect::<Result<Vec<_>, _>>()?;
        let plans = self.plans.all_named(&self.table, &present).await?;
        found.iter().zip(plans).map(|(found, plan)| auditoriums::read(found, plan)).collect()
    }

    /// Adds an auditorium. Before the first, every server learns that there are lists of slots in auditoriums to read.
    pub(crate) async fn insert_auditorium(
        &self,
        auditorium: &Auditorium,
        budget: &mut RetryBudget,
    ) -> Result<(), StoreError> {
        if !self.table.layout.has_auditoriums() {
            self.table.change(&layout::note_auditoriums(), budget).await?;
            self.table.layout.found_auditoriums();
        }
        match self.table.commit(&auditoriums::add(auditorium), budget).await? {
            CommitOutcome::Done => {
                self.plans.keep((auditorium.id, auditorium.version), &auditorium.plan);
                Ok(())
            }
            CommitOutcome::Refused { at: 2, .. } => Err(Refusal::TooManyAuditoriums { limit: Auditorium::MAX }.into()),
            // An earlier attempt of this call may have succeeded.
            CommitOutcome::Refused { .. } if budget.ambiguous() => {
                let is_this = self.auditorium_at(auditorium.id).await?.as_ref() == Some(auditorium);
                if is_this { Ok(()) } else { Err(StoreError::IdTaken) }
            }
            CommitOutcome::Refused { .. } => Err(StoreError::IdTaken),
        }
    }

    pub(crate) async fn exchange_plan(
        &self,
        id: AuditoriumId,
        plan: &Arc<Plan>,
        budget: &mut RetryBudget,
    ) -> Result<Auditorium, StoreError> {
        loop {
            let old = self.auditorium_at(id).await?.ok_or(Refusal::Unknown(Entity::Auditorium))?;
            let new = old.with_plan(plan).ok_or(Refusal::TooManyPlans { limit: PlanVersion::MAX.0 })?;
            if new.version == old.version {
                return Ok(new);
            }
            match self.table.commit(&auditoriums::replace(&old, &new), budget).await? {
                CommitOutcome::Done => {
                    self.plans.keep((id, new.version), &new.plan);
                    return Ok(new);
                }
                CommitOutcome::Refused { .. } => budget.backoff().await?,
            }
        }
    }

    /// Returns the writes that remove a showing from its days, except those that `kept` writes too.
    pub(crate) async fn days_left(&self, showing: &Showing, kept: Option<&Days>) -> Result<Vec<Write>, StoreError> {
        let Some(seating) = showing.seating() else { return Ok(Vec::new()) };
        let (id, own) = (seating.auditorium, Occupancy::of(showing));
        let is_kept = |date: &NaiveDate| {
            kept.is_some_and(|kept| kept.id == id && kept.days.iter().any(|(other, _)| other == date))
        };
        let mut writes = Vec::new();
        for date in own.days().filter(|date| !is_kept(date)) {
            let day = auditoriums::day(self.table.get(&day_key(id, date)).await?.as_ref())?;
            let others: Vec<_> = day.occupancies.iter().filter(|other| other.slot != own.slot).copied().collect();
            writes.push(day.write(id, date, &others));
        }
        Ok(writes)
    }

    /// Reads the days of a showing's auditorium, and checks that it is free. `None` for a showing that is in none.
    pub(crate) async fn days_of(&self, showing: &Showing) -> Result<Option<Days>, StoreError> {
        let Some(seating) = showing.seating() else { return Ok(None) };
        let (id, own) = (seating.auditorium, Occupancy::of(showing));
        let dates: Vec<_> = own.days().collect();
        let keys: Vec<_> = dates.iter().map(|date| day_key(id, *date)).collect();
        let found = self.table.get_all(&keys).await?;
        let days = found.iter().map(|found| auditoriums::day(found.as_ref())).collect::<Result<Vec<_>, _>>()?;
        let days: Vec<_> = dates.into_iter().zip(days).collect();
        let mut others: Vec<_> = days.iter().flat_map(|(_, day)| day.occupancies.iter().copied()).collect();
        others.retain(|other| other.slot != own.slot);
        others.sort_unstable();
        others.dedup();
        if let Err(in_the_way) = own.check(&others) {
            return Err(self.in_the_way(in_the_way).await?);
        }
        Ok(Some(Days { id, own, days }))
    }

    async fn in_the_way(&self, in_the_way: InTheWay) -> Result<StoreError, StoreError> {
        let other = match in_the_way {
            InTheWay::Slot(slot) => Some(self.read_again(slot).await?),
            InTheWay::Full => None,
        };
        let missing = || StoreError::Failed("a showing has no slot".into());
        let showing = |_| other.map(|slot| Showing::clone(slot.empty().showing())).ok_or_else(missing);
        Ok(in_the_way.refusal(showing)?.into())
    }

    pub(crate) async fn showings_in(
        &self,
        id: AuditoriumId,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Arc<Showing>>, StoreError> {
        let (low, high) = (keyspace::day(from.date_naive()), keyspace::day(until.date_naive()));
        let range = Range { index: Index::None, pk: keyspace::timetable(id), low, high };
        let most = usize::try_from(Auditorium::MAX_TIMETABLE.num_days()).unwrap_or_default() + 2;
        let found = self.table.query(&range, most).await?;
        let days = found.items.iter().map(|found| auditoriums::day(Some(found))).collect::<Result<Vec<_>, _>>()?;
        let mut occupancies: Vec<_> = days.into_iter().flat_map(|day| day.occupancies).collect();
        occupancies.retain(|occupancy| occupancy.start < until && occupancy.until > from);
        occupancies.sort_unstable();
        occupancies.dedup();
        self.know(occupancies.iter().map(|occupancy| occupancy.slot)).await?;
        let mut showings = Vec::with_capacity(occupancies.len());
        for occupancy in occupancies {
            let mut slot = self.scheduled_for(occupancy.slot).await?;
            if Occupancy::of(slot.empty().showing()) != occupancy {
                // It was corrected since this server has read it.
                slot = self.read_again(occupancy.slot).await?;
            }
            showings.push(Arc::clone(slot.empty().showing()));
        }
        Ok(showings)
    }
}
