//! The titles of the coming showings, among which customers search.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{Error, PageSize, SlotName, SlotQuery, Ticketing};
use tokio::sync::Mutex;

/// How long titles are kept.
const TTL: TimeDelta = TimeDelta::minutes(1);
/// The greatest number of pages of slots that are read: 4,000 slots, which a cinema of 20 screens has in a month.
const PAGES: usize = 40;

/// The titles of the coming showings, kept for a minute. The store finds a title only by all of it, so that its parts are looked for here.
#[derive(Clone, Default)]
pub struct ComingTitles(Arc<Mutex<Option<Kept>>>);

struct Kept {
    read_at: DateTime<Utc>,
    /// Each title once, in the order of its first showing, with its text in small letters.
    titles: Arc<Vec<(String, SlotName)>>,
}

impl ComingTitles {
    /// Returns the titles that contain a text, in the order of their first showings. Capital and small letters are the same. Showings that were
    /// scheduled in the last minute may be missing.
    pub(crate) async fn containing(
        &self,
        ticketing: &Ticketing,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<SlotName>, Error> {
        let text = text.to_lowercase();
        let titles = self.titles(ticketing, now).await?;
        Ok(titles.iter().filter(|(lower, _)| lower.contains(&text)).map(|(_, name)| name.clone()).collect())
    }

    /// Returns all titles. Requests at the same time wait for one of them, which reads them.
    async fn titles(&self, ticketing: &Ticketing, now: DateTime<Utc>) -> Result<Arc<Vec<(String, SlotName)>>, Error> {
        let mut kept = self.0.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| (now - kept.read_at).abs() < TTL) {
            return Ok(Arc::clone(&kept.titles));
        }
        let titles = Arc::new(read(ticketing, now).await?);
        *kept = Some(Kept { read_at: now, titles: Arc::clone(&titles) });
        Ok(titles)
    }
}

async fn read(ticketing: &Ticketing, now: DateTime<Utc>) -> Result<Vec<(String, SlotName)>, Error> {
    let mut query = SlotQuery { limit: PageSize::LARGEST, ..SlotQuery::default() };
    let (mut titles, mut known) = (Vec::new(), HashSet::new());
    for _ in 0..PAGES {
        let page = ticketing.slots(&query, now).await?;
        for slot in &page.items {
            let name = slot.showing().name();
            if known.insert(name.as_str().to_owned()) {
                titles.push((name.as_str().to_lowercase(), name.clone()));
            }
        }
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    Ok(titles)
}
