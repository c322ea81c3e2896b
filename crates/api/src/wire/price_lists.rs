//! Price lists, their versions, and the prices of slots.

use std::sync::Arc;

use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{
    self as domain, Amount, Currency, ListedPrice, PriceListDraft, PriceListName, PriceListVersion, StoredPriceList,
    TaxRate, TicketTypeName, ZoneName,
};

use super::text;
use ticketly_http::etag::ETag;
use ticketly_http::fields::{Count, Field, Object, Optional, RequestBody, Validator};

/// The greatest length of a body with prices: 200 prices with two names of 40 characters, each of them escaped as two `\u0000`.
const LIMIT: usize = 256 * 1024;

/// A price.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    /// The ticket type.
    ticket_type: String,
    /// The zone in which it holds. Absent in a list for the price of all zones without one of their own, and in a slot for seats
    /// in no zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    /// The price with its tax, in minor units of the currency, such as cents.
    amount: u32,
}

impl Price {
    fn of(ticket_type: &TicketTypeName, zone: Option<&str>, amount: Amount) -> Self {
        Self { ticket_type: ticket_type.as_str().to_owned(), zone: zone.map(str::to_owned), amount: amount.minor() }
    }
}

fn ticket_types(list: &domain::PriceList) -> Vec<String> {
    list.ticket_types().into_iter().map(|name| name.as_str().to_owned()).collect()
}

/// A price list, with one version of its prices.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct PriceList {
    /// The identifier.
    price_list_id: String,
    /// The name.
    name: String,
    /// The version of the prices.
    price_list_version: u32,
    /// The currency of all prices, by its code in ISO 4217.
    currency: String,
    /// How many decimal places a major unit of the currency has: 2 for the euro, 0 for the yen.
    digits: u8,
    /// The rate of the tax that all prices include, in hundredths of a percent.
    tax_rate: u16,
    /// The ticket types, in the order of their first prices.
    ticket_types: Vec<String>,
    /// The prices.
    prices: Vec<Price>,
}

impl PriceList {
    pub(crate) fn of(stored: &StoredPriceList) -> Self {
        let StoredPriceList { id, name, version, list } = stored;
        let price = |ListedPrice { ticket_type, zone, amount }: &ListedPrice| {
            Price::of(ticket_type, zone.as_ref().map(ZoneName::as_str), *amount)
        };
        Self {
            price_list_id: text(id),
            name: name.as_str().to_owned(),
            price_list_version: version.0,
            currency: text(list.currency()),
            digits: list.currency().digits(),
            tax_rate: list.tax().hundredths(),
            ticket_types: ticket_types(list),
            prices: list.prices().iter().map(price).collect(),
        }
    }
}

/// A price list without its prices.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct PriceListSummary {
    /// The identifier.
    price_list_id: String,
    /// The name.
    name: String,
    /// The newest version of the prices.
    price_list_version: u32,
    /// The currency of all prices, by its code in ISO 4217.
    currency: String,
    /// The ticket types.
    ticket_types: Vec<String>,
}

/// All price lists.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
#[openapi(rename = "PriceListList")]
pub struct PriceLists {
    /// The price lists, in order of identifier, which begins with the second of their addition.
    price_lists: Vec<PriceListSummary>,
}

impl PriceLists {
    pub(crate) fn of(lists: &[StoredPriceList]) -> Self {
        let summary = |stored: &StoredPriceList| PriceListSummary {
            price_list_id: text(stored.id),
            name: stored.name.as_str().to_owned(),
            price_list_version: stored.version.0,
            currency: text(stored.list.currency()),
            ticket_types: ticket_types(&stored.list),
        };
        Self { price_lists: lists.iter().map(summary).collect() }
    }
}

/// The prices of a slot's tickets.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct SlotPrices {
    /// The slot.
    slot_id: String,
    /// The price list.
    price_list_id: String,
    /// The version of the price list.
    price_list_version: u32,
    /// The currency of all prices, by its code in ISO 4217.
    currency: String,
    /// How many decimal places a major unit of the currency has: 2 for the euro, 0 for the yen.
    digits: u8,
    /// The rate of the tax that all prices include, in hundredths of a percent.
    tax_rate: u16,
    /// The ticket types, in the order in which to show them.
    ticket_types: Vec<String>,
    /// The prices of each ticket type in each zone of the slot where it is sold. Seats in no zone have prices without one.
    prices: Vec<Price>,
}

/// A slot with prices.
pub(crate) struct Prices<'a> {
    slot: &'a domain::TicketSlot,
    prices: &'a domain::SlotPrices,
}

impl<'a> Prices<'a> {
    /// Returns the slot's prices. `None` for a free slot.
    pub(crate) fn of(slot: &'a domain::TicketSlot) -> Option<Self> {
        Some(Self { slot, prices: slot.prices()? })
    }

    /// Returns their tag: equal on all servers, and different whenever the prices or the zones are.
    pub(crate) fn etag(&self) -> ETag {
        let Self { slot, prices } = self;
        let plan = slot.showing().seating().map(|seating| format!("{} {}", seating.auditorium, seating.version.0));
        let content = format!("{} {} {} {}", slot.id(), prices.id, prices.version.0, plan.unwrap_or_default());
        ETag::of(content.as_bytes())
    }
}

impl SlotPrices {
    pub(crate) fn of(Prices { slot, prices }: &Prices<'_>) -> Self {
        let list = &prices.list;
        let plan = slot.showing().seating().map(|seating| &*seating.plan);
        let of_seats = list.of_seats(plan).into_iter();
        Self {
            slot_id: text(slot.id()),
            price_list_id: text(prices.id),
            price_list_version: prices.version.0,
            currency: text(list.currency()),
            digits: list.currency().digits(),
            tax_rate: list.tax().hundredths(),
            ticket_types: ticket_types(list),
            prices: of_seats.map(|(name, zone, amount)| Price::of(name, zone, amount)).collect(),
        }
    }
}

/// A price, in a request.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PriceRequest {
    /// The ticket type.
    ticket_type: Field<String>,
    /// The zone of a seating plan in which the price holds; all zones without one of their own unless given.
    zone: Optional<String>,
    /// The price with its tax, in minor units of the currency, such as cents.
    amount: Field<u32>,
}

impl PriceRequest {
    fn read(self, index: usize, check: &mut Validator<'_>) -> Option<ListedPrice> {
        let name = |member: &str| format!("prices/{index}/{member}");
        let ticket_type = check.required(&name("ticketType"), self.ticket_type, |text| TicketTypeName::parse(&text));
        let has_zone = self.zone.is_given();
        let zone = check.optional(&name("zone"), self.zone, |text| ZoneName::parse(&text));
        let amount = check.required(&name("amount"), number(self.amount), Amount::new);
        if has_zone && zone.is_none() {
            return None;
        }
        Some(ListedPrice { ticket_type: ticket_type?, zone, amount: amount? })
    }
}

/// Returns a number that is too large for one that is none, so that both are refused with what to give instead.
pub(super) fn number(given: Field<u32>) -> Field<u32> {
    match given {
        Field::Wrong(_) => Field::Right(u32::MAX),
        given => given,
    }
}

/// Reads the members of a list that all its versions have.
fn list(
    check: &mut Validator<'_>,
    currency: Field<String>,
    tax_rate: Field<u32>,
    prices: Vec<Object<PriceRequest>>,
) -> Option<Arc<domain::PriceList>> {
    let currency = check.required("currency", currency, |text| text.parse::<Currency>());
    let tax = check.required("taxRate", number(tax_rate), TaxRate::new);
    let prices: Vec<_> =
        prices.into_iter().enumerate().map(|(index, Object(price))| price.read(index, check)).collect();
    let prices = prices.into_iter().collect::<Option<Vec<_>>>()?;
    match domain::PriceList::new(currency?, tax?, prices) {
        Ok(list) => Some(Arc::new(list)),
        Err(invalid) => {
            check.refuse(invalid.field, invalid.reason);
            None
        }
    }
}

/// A price list to add.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "PriceListRequest")]
pub struct AddPriceList {
    /// The name.
    name: Field<String>,
    /// The currency of all prices, by its code in ISO 4217.
    currency: Field<String>,
    /// The rate of the tax that all prices include, in hundredths of a percent.
    tax_rate: Field<u32>,
    /// The prices: one for each ticket type, or one for each ticket type and zone.
    prices: Vec<Object<PriceRequest>>,
}

impl RequestBody for AddPriceList {
    type Meaning = PriceListDraft;

    const LIMIT: usize = LIMIT;

    fn read(self, check: &mut Validator<'_>) -> Option<PriceListDraft> {
        let name = check.required("name", self.name, |text| PriceListName::parse(&text));
        let list = list(check, self.currency, self.tax_rate, self.prices);
        Some(PriceListDraft { name: name?, list: list? })
    }
}

/// Other prices of a price list.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "PricesRequest")]
pub struct ReplacePrices {
    /// The currency of all prices, by its code in ISO 4217.
    currency: Field<String>,
    /// The rate of the tax that all prices include, in hundredths of a percent.
    tax_rate: Field<u32>,
    /// The prices: one for each ticket type, or one for each ticket type and zone.
    prices: Vec<Object<PriceRequest>>,
}

impl RequestBody for ReplacePrices {
    type Meaning = Arc<domain::PriceList>;

    const LIMIT: usize = LIMIT;

    fn read(self, check: &mut Validator<'_>) -> Option<Self::Meaning> {
        list(check, self.currency, self.tax_rate, self.prices)
    }
}

/// A query for a price list.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ShowPriceList {
    /// The version; the newest unless given. The answer with a version never changes.
    version: Optional<Count>,
}

impl RequestBody for ShowPriceList {
    type Meaning = Option<PriceListVersion>;

    fn read(self, check: &mut Validator<'_>) -> Option<Self::Meaning> {
        Some(check.optional("version", self.version, |Count(version)| Ok(PriceListVersion(version))))
    }
}
