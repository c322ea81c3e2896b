//! The port to the auditoriums.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{Auditorium, AuditoriumId, Plan, PlanVersion, Showing, StoreError};

/// Stores the auditoriums, with every version of their plans. Neither is ever deleted.
#[async_trait]
pub trait Auditoriums: Send + Sync {
    /// Adds an auditorium with its plan.
    ///
    /// # Contract
    ///
    /// - Guard: the identifier is not in use, or [`StoreError::IdTaken`].
    /// - Refusal: [`Refusal::TooManyAuditoriums`](crate::Refusal::TooManyAuditoriums) when there are [`Auditorium::MAX`].
    /// - Unknown outcome: the auditorium may exist. Adding it again fails with [`StoreError::IdTaken`] if it does.
    async fn add_auditorium(&self, auditorium: &Auditorium) -> Result<(), StoreError>;

    /// Returns the auditorium of this identifier. `None` when there is no such auditorium.
    async fn auditorium(&self, id: AuditoriumId) -> Result<Option<Auditorium>, StoreError>;

    /// Returns all auditoriums, in order of identifier.
    async fn auditoriums(&self) -> Result<Vec<Auditorium>, StoreError>;

    /// Gives an auditorium another plan as [`Auditorium::with_plan`] decides, and returns the auditorium.
    ///
    /// # Contract
    ///
    /// - Guard: the auditorium's version is the one of the decision, so that no version is written twice.
    /// - Effect: the plan, as a version that is never written again, and the auditorium's version.
    /// - Refusals: [`Refusal::Unknown`](crate::Refusal::Unknown), and
    ///   [`Refusal::TooManyPlans`](crate::Refusal::TooManyPlans).
    /// - Unknown outcome: the plan may be replaced. The same plan can be given again.
    async fn replace_plan(&self, id: AuditoriumId, plan: &Arc<Plan>) -> Result<Auditorium, StoreError>;

    /// Returns a version of an auditorium's plan. `None` when there is no such version.
    async fn plan(&self, id: AuditoriumId, version: PlanVersion) -> Result<Option<Arc<Plan>>, StoreError>;

    /// Returns the showings that occupy an auditorium between two times, in order of start. Callers give at most
    /// [`Auditorium::MAX_TIMETABLE`] between them.
    async fn timetable(
        &self,
        id: AuditoriumId,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Arc<Showing>>, StoreError>;
}
