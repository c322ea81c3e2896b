//! What is few: keys, auditoriums, price lists, promotions, and when auditoriums are occupied.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::records::{Finding, FindingKind, Findings, Place, StoredPlan, StoredPrices};
use crate::{
    Auditorium, AuditoriumId, Booking, KeyRecord, Occupancy, PlanVersion, PriceListId, PriceListVersion, Promotion,
    PromotionCode, SlotId, StoredPriceList, TicketSlot,
};

#[derive(Debug, Default)]
pub(super) struct Catalogue {
    has_secret: bool,
    labels: HashMap<String, String>,
    hashes: HashSet<[u8; 32]>,
    auditoriums: Versions<AuditoriumId>,
    price_lists: Versions<PriceListId>,
    promotions: BTreeMap<PromotionCode, Uses>,
    showings: BTreeMap<AuditoriumId, Vec<Occupancy>>,
    /// A booking with a person, who is computed with the secret.
    with_person: Option<SlotId>,
}

/// Things of which there are several versions.
#[derive(Debug)]
struct Versions<Id> {
    /// The newest version of each.
    newest: BTreeMap<Id, u32>,
    /// All versions.
    known: BTreeMap<Id, Vec<u32>>,
    /// The versions that slots have, each with one of the slots.
    named: BTreeMap<(Id, u32), SlotId>,
}

impl<Id> Default for Versions<Id> {
    fn default() -> Self {
        Self { newest: BTreeMap::new(), known: BTreeMap::new(), named: BTreeMap::new() }
    }
}

#[derive(Debug, Default)]
struct Uses {
    /// How many the promotion says. `None` until it was seen.
    said: Option<u32>,
    made: u32,
}

impl Catalogue {
    pub(super) fn add_secret(&mut self, findings: &mut Findings) {
        if std::mem::replace(&mut self.has_secret, true) {
            findings.add(Finding::damaged("installation", "there are two secrets"));
        }
    }

    pub(super) fn add_key(&mut self, key: &KeyRecord, findings: &mut Findings) {
        let name = key.hash.name();
        let mut wrong = |what: String| {
            findings.add(Finding::new(FindingKind::Key, Place::Other(format!("API key {name}")), what));
        };
        if !self.hashes.insert(key.hash.0) {
            wrong("it exists twice".to_owned());
        }
        if let Some(other) = self.labels.insert(key.label.to_string(), key.hash.name()) {
            wrong(format!("key {other} has the label {} too", key.label));
        }
    }

    pub(super) fn add_auditorium(&mut self, auditorium: &Auditorium) {
        self.auditoriums.newest.insert(auditorium.id, auditorium.version.0);
    }

    pub(super) fn add_plan(&mut self, StoredPlan { auditorium, version: PlanVersion(version), .. }: &StoredPlan) {
        self.auditoriums.known.entry(*auditorium).or_default().push(*version);
    }

    pub(super) fn add_price_list(&mut self, list: &StoredPriceList) {
        self.price_lists.newest.insert(list.id, list.version.0);
    }

    pub(super) fn add_prices(&mut self, prices: &StoredPrices) {
        let StoredPrices { price_list, version: PriceListVersion(version), .. } = prices;
        self.price_lists.known.entry(*price_list).or_default().push(*version);
    }

    pub(super) fn add_promotion(&mut self, promotion: &Promotion) {
        self.promotions.entry(promotion.code.clone()).or_default().said = Some(promotion.used);
    }

    pub(super) fn add_slot(&mut self, slot: &TicketSlot) {
        if let Some(seating) = slot.showing().seating() {
            self.auditoriums.name((seating.auditorium, seating.version.0), slot.id());
            if !slot.sales().is_final() {
                self.showings.entry(seating.auditorium).or_default().push(Occupancy::of(slot.showing()));
            }
        }
        if let Some(prices) = slot.prices() {
            self.price_lists.name((prices.id, prices.version.0), slot.id());
        }
    }

    pub(super) fn add_booking(&mut self, booking: &Booking) {
        if booking.user().is_some() {
            self.with_person = self.with_person.into_iter().chain([booking.key().slot]).min();
        }
        if let Some(code) = booking.used_promotion() {
            self.promotions.entry(code.clone()).or_default().made += 1;
        }
    }

    pub(super) fn finish(self, findings: &mut Findings) {
        if let Some(slot) = self.with_person.filter(|_| !self.has_secret) {
            let what = "there is no secret of the installation, with which its users are computed";
            findings.add(Finding::orphan(Place::Slot(slot), what));
        }
        self.auditoriums.finish("plan of auditorium", findings);
        self.price_lists.finish("prices of price list", findings);
        for (code, Uses { said, made }) in self.promotions {
            let place = || Place::Other(format!("promotion {code}"));
            match said {
                None => {
                    findings.add(Finding::orphan(place(), format!("{made} bookings use it, but it does not exist")));
                }
                Some(said) if said == made => {}
                Some(said) => {
                    let what = format!("it says that it was used {said} times, but {made} bookings and holds use it");
                    findings.add(Finding::new(FindingKind::Promotion, place(), what));
                }
            }
        }
        for (auditorium, mut showings) in self.showings {
            showings.sort_unstable();
            let mut longest: Option<Occupancy> = None;
            for showing in showings {
                if let Some(before) = longest.filter(|before| showing.start < before.until) {
                    let what = format!("it begins while slot {} occupies auditorium {auditorium}", before.slot);
                    findings.add(Finding::new(FindingKind::Overlap, Place::Slot(showing.slot), what));
                }
                longest = longest.filter(|before| before.until >= showing.until).or(Some(showing));
            }
        }
    }
}

impl<Id: Ord + Copy + std::fmt::Display> Versions<Id> {
    /// Notes that a slot has a version.
    fn name(&mut self, version: (Id, u32), slot: SlotId) {
        let first = self.named.entry(version).or_insert(slot);
        *first = slot.min(*first);
    }

    fn finish(mut self, what: &str, findings: &mut Findings) {
        for ((id, version), slot) in &self.named {
            if !self.known.get(id).is_some_and(|known| known.contains(version)) {
                let what = format!("it has version {version} of the {what} {id}, which does not exist");
                findings.add(Finding::orphan(Place::Slot(*slot), what));
            }
        }
        for (id, newest) in &self.newest {
            let known = self.known.remove(id).unwrap_or_default();
            let place = Place::Other(format!("{what} {id}"));
            if known.iter().any(|version| version > newest) {
                findings.add(Finding::orphan(place, format!("there are versions after {newest}, which is its newest")));
            } else if !known.contains(newest) {
                findings.add(Finding::orphan(place, format!("its newest version {newest} does not exist")));
            }
        }
        for id in self.known.keys() {
            let place = Place::Other(format!("{what} {id}"));
            findings.add(Finding::orphan(place, "there are versions of it, but it does not exist"));
        }
    }
}
