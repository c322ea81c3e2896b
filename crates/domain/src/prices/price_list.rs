//! Lists of prices.

use super::{Amount, Currency, TaxRate};
use crate::{Invalid, Plan, SeatNo, TicketTypeName, ZoneName};

/// A price of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPrice {
    /// The ticket type.
    pub ticket_type: TicketTypeName,
    /// The zone in which it holds. `None` for all zones that have no price of their own for the type, and for seats without
    /// numbers.
    pub zone: Option<ZoneName>,
    /// The price, with its tax.
    pub amount: Amount,
}

/// The prices of tickets by type and zone. A list never changes: a corrected one is another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    currency: Currency,
    tax: TaxRate,
    prices: Vec<ListedPrice>,
}

impl PriceList {
    /// The greatest number of ticket types.
    pub const MAX_TYPES: usize = 20;
    /// The greatest number of prices.
    pub const MAX_PRICES: usize = 200;

    /// Creates a list. None or more than [`Self::MAX_PRICES`], more types than [`Self::MAX_TYPES`], or two prices of a type in
    /// one zone are [`Invalid`].
    pub fn new(currency: Currency, tax: TaxRate, prices: Vec<ListedPrice>) -> Result<Self, Invalid> {
        if !(1..=Self::MAX_PRICES).contains(&prices.len()) {
            return Err(Invalid::new("prices", format!("give 1 to {} prices", Self::MAX_PRICES)));
        }
        let list = Self { currency, tax, prices };
        if list.ticket_types().len() > Self::MAX_TYPES {
            return Err(Invalid::new("prices", format!("give prices of at most {} ticket types", Self::MAX_TYPES)));
        }
        for (index, price) in list.prices.iter().enumerate() {
            let is_same = |other: &ListedPrice| other.ticket_type == price.ticket_type && other.zone == price.zone;
            if list.prices.iter().take(index).any(is_same) {
                let name = price.ticket_type.as_str();
                let place = price.zone.as_ref().map(|zone| format!(" in zone {}", zone.as_str())).unwrap_or_default();
                return Err(Invalid::new("prices", format!("{name} has two prices{place}; give one")));
            }
        }
        Ok(list)
    }

    /// Returns the currency of all its prices.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// Returns the rate of the tax that all its prices include.
    #[must_use]
    pub const fn tax(&self) -> TaxRate {
        self.tax
    }

    /// Returns the prices, as they were given.
    #[must_use]
    pub fn prices(&self) -> &[ListedPrice] {
        &self.prices
    }

    /// Returns whether any ticket costs something.
    #[must_use]
    pub fn costs(&self) -> bool {
        self.prices.iter().any(|price| price.amount > Amount::ZERO)
    }

    /// Returns the ticket types, in the order of their first prices.
    #[must_use]
    pub fn ticket_types(&self) -> Vec<&TicketTypeName> {
        let mut types = Vec::new();
        for price in &self.prices {
            if !types.contains(&&price.ticket_type) {
                types.push(&price.ticket_type);
            }
        }
        types
    }

    /// Checks that every seat of a slot has the price of some ticket type, and that the plan has all zones of the list. `plan`
    /// is `None` for seats without numbers, which are in no zone. Otherwise the list is [`Invalid`] for the slot.
    pub fn check_fits(&self, plan: Option<&Plan>) -> Result<(), Invalid> {
        let unfit = |reason| Err(Invalid::new("priceListId", reason));
        let zones = plan.map(Plan::zones).unwrap_or_default();
        let is_unknown = |zone: &&ZoneName| plan.is_some() && !zones.iter().any(|its| its == zone.as_str());
        if let Some(zone) = self.prices.iter().filter_map(|price| price.zone.as_ref()).find(is_unknown) {
            let (zone, zones) = (zone.as_str(), zones.join(", "));
            return unfit(format!("the list has a price in zone {zone}, but the zones of the plan are {zones}"));
        }
        let has_price = |zone: Option<&str>| {
            self.prices.iter().any(|price| price.zone.is_none() || price.zone.as_ref().map(ZoneName::as_str) == zone)
        };
        match zones_of_seats(plan).into_iter().find(|zone| !has_price(*zone)) {
            None => Ok(()),
            Some(Some(zone)) => {
                unfit(format!("the list has no price in zone {zone} of the plan; give a list with one"))
            }
            Some(None) => unfit("the seats are in no zone; give a list with a price for all zones".to_owned()),
        }
    }

    /// Returns the prices of a slot's tickets by type and then by zone, of which there is none for seats that are in no zone.
    #[must_use]
    pub fn of_seats<'a>(&'a self, plan: Option<&'a Plan>) -> Vec<(&'a TicketTypeName, Option<&'a str>, Amount)> {
        let zones = zones_of_seats(plan);
        let of_type = |ticket_type| {
            zones.iter().filter_map(move |zone| Some((ticket_type, *zone, self.price_of(ticket_type, *zone)?)))
        };
        self.ticket_types().into_iter().flat_map(of_type).collect()
    }

    /// Returns the price of a ticket of a type in a zone: the zone's own, or else that of all zones. `None` when the type is
    /// not sold there.
    #[must_use]
    pub fn price_of(&self, ticket_type: &TicketTypeName, zone: Option<&str>) -> Option<Amount> {
        let of_type = || self.prices.iter().filter(|price| price.ticket_type == *ticket_type);
        let own =
            zone.and_then(|zone| of_type().find(|price| price.zone.as_ref().is_some_and(|its| its.as_str() == zone)));
        own.or_else(|| of_type().find(|price| price.zone.is_none())).map(|price| price.amount)
    }
}

/// Returns the zones of a slot's seats: `None` for seats in no zone.
fn zones_of_seats(plan: Option<&Plan>) -> Vec<Option<&str>> {
    // A place for a wheelchair is in the zone of the nearest other seat, so that all seats are in a zone, or none is.
    let plan = plan.filter(|plan| plan.seat(SeatNo(0)).is_some_and(|seat| seat.zone.is_some()));
    plan.map_or_else(|| vec![None], |plan| plan.zones().iter().map(|zone| Some(zone.as_str())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(ticket_type: &str, zone: Option<&str>, amount: u32) -> ListedPrice {
        ListedPrice {
            ticket_type: TicketTypeName::parse(ticket_type).unwrap(),
            zone: zone.map(|zone| ZoneName::parse(zone).unwrap()),
            amount: Amount::new(amount).unwrap(),
        }
    }

    fn list(prices: Vec<ListedPrice>) -> Result<PriceList, Invalid> {
        PriceList::new("EUR".parse().unwrap(), TaxRate::new(700).unwrap(), prices)
    }

    #[test]
    fn a_zone_has_its_own_price_or_that_of_all() {
        let prices = vec![
            price("adult", None, 1100),
            price("child", None, 700),
            price("adult", Some("lounge"), 1500),
            price("club", Some("lounge"), 0),
        ];
        let list = list(prices).unwrap();
        let of = |ticket_type: &str, zone| {
            let ticket_type = TicketTypeName::parse(ticket_type).unwrap();
            list.price_of(&ticket_type, zone).map(Amount::minor)
        };
        assert_eq!(
            [of("adult", None), of("adult", Some("standard")), of("adult", Some("lounge"))],
            [1100, 1100, 1500].map(Some)
        );
        assert_eq!([of("child", Some("lounge")), of("club", Some("lounge"))], [700, 0].map(Some));
        assert_eq!([of("club", Some("standard")), of("club", None), of("senior", Some("lounge"))], [None; 3]);
        let types: Vec<_> = list.ticket_types().into_iter().map(TicketTypeName::as_str).collect();
        assert_eq!(types, ["adult", "child", "club"]);
    }

    #[test]
    fn a_list_fits_when_every_seat_has_a_price() {
        let plan = |text: &str| Plan::new(text.parse().unwrap()).unwrap();
        let hall = plan("legend . standard\nlegend L lounge\nrow A 1 1 ....\nrow B 1 1 LLL");
        let (for_all, standard) = (price("adult", None, 1210), price("child", Some("standard"), 770));
        let (lounge, balcony) = (price("adult", Some("lounge"), 1690), price("club", Some("balcony"), 330));
        let wheelchairs = plan("legend w wheelchair\nlegend . standard\nrow A 1 1 www");
        let fits = |prices: &[&ListedPrice], plan: Option<&Plan>| {
            let fits = list(prices.iter().copied().cloned().collect()).unwrap().check_fits(plan);
            fits.map_err(|invalid| (invalid.field, invalid.reason))
        };
        for (prices, plan) in [
            (&[&for_all][..], None),
            (&[&for_all, &balcony], None),
            (&[&for_all], Some(&hall)),
            (&[&for_all, &lounge], Some(&hall)),
            (&[&standard, &lounge], Some(&hall)),
            (&[&for_all, &standard], Some(&wheelchairs)),
        ] {
            assert_eq!(fits(prices, plan), Ok(()), "{prices:?}");
        }
        for (prices, plan, reason) in [
            (&[&balcony, &lounge][..], None, "the seats are in no zone; give a list with a price for all zones"),
            (
                &[&for_all, &balcony],
                Some(&hall),
                "the list has a price in zone balcony, but the zones of the plan are standard, lounge",
            ),
            (&[&lounge], Some(&hall), "the list has no price in zone standard of the plan; give a list with one"),
            (&[&standard], Some(&wheelchairs), "the seats are in no zone; give a list with a price for all zones"),
        ] {
            assert_eq!(fits(prices, plan), Err(("priceListId", reason.to_owned())), "{prices:?}");
        }
    }

    #[test]
    fn a_slot_shows_the_prices_of_its_zones() {
        let plan = Plan::new("legend . standard\nlegend L lounge\nrow A 1 1 ..LL".parse().unwrap()).unwrap();
        let list = list(vec![
            price("adult", None, 1210),
            price("club", Some("lounge"), 330),
            price("adult", Some("lounge"), 1690),
        ]);
        let list = list.unwrap();
        let shown = |plan| {
            let prices = list.of_seats(plan).into_iter();
            prices.map(|(name, zone, amount)| (name.as_str(), zone, amount.minor())).collect::<Vec<_>>()
        };
        let (standard, lounge) = (Some("standard"), Some("lounge"));
        assert_eq!(shown(Some(&plan)), [("adult", standard, 1210), ("adult", lounge, 1690), ("club", lounge, 330)]);
        assert_eq!(shown(None), [("adult", None, 1210)]);
    }

    #[test]
    fn wrong_lists_say_what_to_mend() {
        let many = |count| (0..count).map(|number| price(&format!("type {number}"), None, 1)).collect::<Vec<_>>();
        let zones =
            |count| (0..count).map(|number| price("adult", Some(&format!("zone {number}")), 1)).collect::<Vec<_>>();
        let twice = vec![price("adult", Some("lounge"), 1), price("child", None, 1), price("adult", Some("lounge"), 2)];
        for (prices, reason) in [
            (Vec::new(), "give 1 to 200 prices"),
            (zones(201), "give 1 to 200 prices"),
            (many(21), "give prices of at most 20 ticket types"),
            (twice, "adult has two prices in zone lounge; give one"),
            (vec![price("adult", None, 1), price("adult", None, 1)], "adult has two prices; give one"),
        ] {
            assert_eq!(list(prices).unwrap_err(), Invalid::new("prices", reason));
        }
        assert!(list(zones(200)).is_ok() && list(many(20)).is_ok());
    }
}
