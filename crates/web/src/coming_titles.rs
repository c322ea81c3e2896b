//! The titles of the coming showings, among which customers search.

use std::collections::HashMap;
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
pub struct ComingTitles(Arc<Mutex<Option<CachedTitles>>>);

struct CachedTitles {
    read_at: DateTime<Utc>,
    /// In the order of their first showings.
    titles: Arc<Vec<Title>>,
}

struct Title {
    name: SlotName,
    /// The name in small letters.
    lower: String,
    /// When its showings start, in order.
    starts: Vec<DateTime<Utc>>,
}

/// The titles that contain a text.
pub(crate) struct Matches {
    /// The titles, in the order of their first showings.
    pub names: Vec<SlotName>,
    /// The time until which as many of their showings start as are wanted. `None` when there are no more.
    pub until: Option<DateTime<Utc>>,
}

impl ComingTitles {
    /// Returns at most `titles` titles that contain a text, and until when so many of their showings start after a time. Capital and small
    /// letters are the same. Showings that were scheduled in the last minute may be missing.
    pub(crate) async fn containing(
        &self,
        ticketing: &Ticketing,
        (text, from): (&str, Option<DateTime<Utc>>),
        (titles, showings): (usize, usize),
        now: DateTime<Utc>,
    ) -> Result<Matches, Error> {
        let text = text.to_lowercase();
        let all = self.titles(ticketing, now).await?;
        let found: Vec<_> = all.iter().filter(|title| title.lower.contains(&text)).take(titles).collect();
        let starts =
            found.iter().flat_map(|title| &title.starts).filter(|start| from.is_none_or(|from| **start >= from));
        let mut starts: Vec<_> = starts.copied().collect();
        starts.sort_unstable();
        // The time itself is not in a query until it.
        let until = starts.get(showings).map(|start| *start + TimeDelta::milliseconds(1));
        Ok(Matches { names: found.into_iter().map(|title| title.name.clone()).collect(), until })
    }

    /// Returns all titles. Requests at the same time wait for one of them, which reads them.
    async fn titles(&self, ticketing: &Ticketing, now: DateTime<Utc>) -> Result<Arc<Vec<Title>>, Error> {
        let mut cached = self.0.lock().await;
        if let Some(cached) = cached.as_ref().filter(|cached| (now - cached.read_at).abs() < TTL) {
            return Ok(Arc::clone(&cached.titles));
        }
        let titles = Arc::new(read(ticketing, now).await?);
        *cached = Some(CachedTitles { read_at: now, titles: Arc::clone(&titles) });
        Ok(titles)
    }
}

async fn read(ticketing: &Ticketing, now: DateTime<Utc>) -> Result<Vec<Title>, Error> {
    let mut query = SlotQuery { limit: PageSize::LARGEST, ..SlotQuery::default() };
    let (mut titles, mut known) = (Vec::<Title>::new(), HashMap::new());
    for _ in 0..PAGES {
        let page = ticketing.slots(&query, now).await?;
        for slot in &page.items {
            let (name, start) = (slot.showing().name(), slot.showing().start());
            let index = *known.entry(name.as_str().to_owned()).or_insert(titles.len());
            match titles.get_mut(index) {
                Some(title) => title.starts.push(start),
                None => {
                    titles.push(Title { name: name.clone(), lower: name.as_str().to_lowercase(), starts: vec![start] });
                }
            }
        }
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    Ok(titles)
}
