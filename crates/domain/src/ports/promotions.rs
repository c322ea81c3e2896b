//! The port to the promotions.

use async_trait::async_trait;

use crate::{Promotion, PromotionChange, PromotionCode, StoreError};

/// Stores the promotions. None is ever deleted.
///
/// [`Bookings`](crate::Bookings) counts their uses. A booking that uses one, as
/// [`Allocation::promotion`](crate::Allocation::promotion) says, counts a use in its own step, and only while the promotion is not
/// used up and has the revision of the decision; otherwise the booking is decided again. A hold that ends, as
/// [`Applied::promotion`](crate::Applied::promotion) and [`HeldSeats::promotion`](crate::HeldSeats::promotion) say, gives its use
/// back once: in the step in which it ends or, when it lapses, by the next [`Self::give_back_uses`].
#[async_trait]
pub trait Promotions: Send + Sync {
    /// Adds a promotion.
    ///
    /// # Contract
    ///
    /// - Guard: there is no promotion of that code.
    /// - Refusals: [`Refusal::PromotionExists`](crate::Refusal::PromotionExists),
    ///   [`Refusal::TooManyPromotions`](crate::Refusal::TooManyPromotions) when there are [`Promotion::MAX`], and
    ///   [`Refusal::LayoutTooOld`](crate::Refusal::LayoutTooOld) while programs that know no prices may use the store.
    /// - Unknown outcome: the promotion may exist.
    async fn add_promotion(&self, promotion: &Promotion) -> Result<(), StoreError>;

    /// Returns the promotion of this code. `None` when there is no such promotion.
    async fn promotion(&self, code: &PromotionCode) -> Result<Option<Promotion>, StoreError>;

    /// Returns all promotions, in order of code.
    async fn promotions(&self) -> Result<Vec<Promotion>, StoreError>;

    /// Changes a promotion as [`Promotion::changed`] decides, and returns it. Its uses are counted on meanwhile.
    ///
    /// # Contract
    ///
    /// - Guard: the promotion has the revision of the decision.
    /// - Refusals: [`Refusal::Unknown`](crate::Refusal::Unknown), and [`Refusal::Invalid`](crate::Refusal::Invalid) as `changed`.
    /// - Unknown outcome: the promotion may be changed. The same change can be made again.
    async fn change_promotion(&self, code: &PromotionCode, change: &PromotionChange) -> Result<Promotion, StoreError>;

    /// Gives back uses of holds that have lapsed, of one promotion or of all: those of at most `limit` holds, each once and in
    /// one step. Returns how many such holds it found, whichever caller gave their uses back: any
    /// number of callers may do so at once. A store that gives them back in the step in
    /// which a hold lapses has none left.
    async fn give_back_uses(&self, code: Option<PromotionCode>, limit: usize) -> Result<usize, StoreError>;
}
