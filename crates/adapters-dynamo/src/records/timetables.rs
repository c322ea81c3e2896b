//! The days of auditoriums, which name the slots that occupy them.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use ticketly_domain::{AuditoriumId, Finding, Occupancy, SlotId, StoreError};

use super::compare::unreadable;
use super::found::Found;
use super::kinds;
use super::reader::{LOOKS, Reader, SlotOf};
use crate::client::attributes::{Attributes, Item};
use crate::items::auditoriums::{self, day_key};
use crate::items::keyspace;

impl Reader<'_> {
    /// Compares days with the slots that they name. What does not fit is read again.
    pub(super) async fn days(
        &self,
        days: Vec<((AuditoriumId, NaiveDate), Item)>,
        found: &mut Found,
    ) -> Result<(), StoreError> {
        for ((auditorium, date), mut item) in days {
            for look in 0..LOOKS {
                let wrong = self.day(auditorium, date, &item).await?;
                if wrong.is_empty() || look + 1 == LOOKS {
                    found.wrong(wrong);
                    break;
                }
                self.pause(look).await;
                let again = self.get_all([day_key(auditorium, date)]).await?;
                item = again.into_values().next().unwrap_or(item);
            }
        }
        Ok(())
    }

    async fn day(&self, auditorium: AuditoriumId, date: NaiveDate, item: &Item) -> Result<Vec<Finding>, StoreError> {
        let key = Attributes(item).key();
        let occupancies = match auditoriums::day(Some(item)) {
            Ok(day) => day.occupancies,
            Err(error) => return Ok(vec![unreadable(item, error.into())?]),
        };
        let ids: BTreeSet<_> = occupancies.iter().map(|occupancy| occupancy.slot).collect();
        let mut slots = HashMap::new();
        for (_, found) in self.get_all(ids.iter().copied().map(keyspace::slot)).await? {
            if let SlotOf::Read(slot) = self.slot_of(&found).await? {
                slots.insert(slot.id(), Some(slot));
            } else if let Ok(id) = Attributes(&found).text("slot", |slot| slot.parse::<SlotId>().ok()) {
                slots.insert(id, None);
            }
        }
        let expected = ["pk", "sk", "showings", "changes"];
        let mut wrong = Vec::new();
        if item.keys().any(|name| !expected.contains(&name.as_str())) {
            wrong.push(kinds::damaged(&key, "it has an attribute that does not belong there"));
        }
        for occupancy in occupancies {
            let slot = occupancy.slot;
            let what = match slots.get(&slot) {
                None => "which does not exist",
                // It cannot be read, which is found with itself.
                Some(None) => continue,
                Some(Some(its)) => {
                    let its = its.empty();
                    let seating = its.showing().seating().filter(|seating| seating.auditorium == auditorium);
                    let is_there = seating.is_some() && !its.sales().is_final();
                    let is_then = occupancy == Occupancy::of(its.showing()) && occupancy.days().any(|day| day == date);
                    if is_there && is_then {
                        continue;
                    }
                    "which does not take place there then"
                }
            };
            wrong.push(kinds::orphan(&key, format!("it names slot {slot}, {what}")));
        }
        Ok(wrong)
    }
}
