//! The ticket types that a request asks for, and what they cost.

use chrono::{DateTime, Utc};

use std::collections::BTreeMap;

use super::TicketCount;
use crate::{Amount, Entity, Invalid, PriceList, Promotion, Refusal, Sale, SeatNo, Showing, SoldPrice, TicketTypeName};

/// The ticket types of a request for seats of a slot with prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketTypes {
    /// One for each ticket, in the order of the seats.
    Each(Vec<TicketTypeName>),
    /// So many tickets of each type. The first of them get the first seats.
    Counts(Vec<(TicketTypeName, u8)>),
}

const FIELD: &str = "ticketTypes";

impl TicketTypes {
    /// Returns the type of each of so many tickets. Another number of types is [`Invalid`].
    pub(super) fn of(&self, count: TicketCount) -> Result<Vec<&TicketTypeName>, Invalid> {
        let types: Vec<_> = match self {
            Self::Each(types) => types.iter().collect(),
            Self::Counts(counts) => counts
                .iter()
                .flat_map(|(ticket_type, count)| std::iter::repeat_n(ticket_type, usize::from(*count)))
                .collect(),
        };
        if types.len() == usize::from(count.get()) {
            return Ok(types);
        }
        let reason = match self {
            Self::Each(_) => format!("give one for each of the {} seats", count.get()),
            Self::Counts(_) => format!("give types of {} tickets in all", count.get()),
        };
        Err(Invalid::new(FIELD, reason))
    }

    /// Returns the types as texts that differ whenever the types do.
    pub(super) fn texts(&self) -> Vec<String> {
        match self {
            Self::Each(types) => types.iter().map(|ticket_type| ticket_type.as_str().to_owned()).collect(),
            Self::Counts(counts) => {
                counts.iter().map(|(ticket_type, count)| format!("{count}×{}", ticket_type.as_str())).collect()
            }
        }
    }
}

/// Returns what tickets for these seats of a showing cost, or for so many seats without numbers. Without types, the list must
/// have one type only. A type that the list does not have in the zone of its seat is [`Invalid`].
pub(super) fn sell(
    list: &PriceList,
    types: Option<&TicketTypes>,
    (showing, seats, count): (&Showing, &[SeatNo], TicketCount),
) -> Result<Sale, Invalid> {
    let known = list.ticket_types();
    let types = match (types, &known[..]) {
        (Some(types), _) => types.of(count)?,
        (None, [only]) => vec![*only; usize::from(count.get())],
        (None, _) => return Err(Invalid::new(FIELD, format!("give for each ticket one of {}", names(&known)))),
    };
    let plan = showing.seating().map(|seating| &seating.plan);
    let zones = (0..types.len()).map(|index| plan?.seat(*seats.get(index)?)?.zone);
    let price = |(ticket_type, zone): (&TicketTypeName, Option<&str>)| -> Result<SoldPrice, Invalid> {
        let amount: Amount = list.price_of(ticket_type, zone).ok_or_else(|| not_sold(ticket_type, zone, &known))?;
        Ok(SoldPrice {
            ticket_type: ticket_type.clone(),
            currency: list.currency(),
            listed: amount,
            amount,
            tax: list.tax(),
        })
    };
    let tickets = types.into_iter().zip(zones).map(price).collect::<Result<_, _>>()?;
    let refunded = BTreeMap::new();
    Ok(Sale { currency: list.currency(), tickets, promotion: None, payment: None, refund_until: None, refunded })
}

/// Returns the prices with the discount of a promotion. Refuses with [`Refusal::PromotionUsedUp`], and with [`Refusal::Unknown`]
/// one that does not exist or does not apply at the time: both are the same to somebody who tries codes.
pub(super) fn discounted(sale: Sale, promotion: Option<&Promotion>, at: DateTime<Utc>) -> Result<Sale, Refusal> {
    let promotion = promotion.filter(|promotion| promotion.applies(sale.currency, at));
    let promotion = promotion.ok_or(Refusal::Unknown(Entity::Promotion))?;
    if promotion.is_used_up() {
        return Err(Refusal::PromotionUsedUp);
    }
    let listed: Vec<_> = sale.tickets.iter().map(|price| price.listed).collect();
    let reduced = promotion.discount.apply(&listed);
    let tickets = sale.tickets.into_iter().zip(reduced).map(|(price, amount)| SoldPrice { amount, ..price }).collect();
    Ok(Sale { tickets, promotion: Some(promotion.code.clone()), ..sale })
}

/// Returns what moved tickets cost: what they were sold for. Refuses with [`Refusal::PriceDiffers`] when tickets of these types
/// cost more there. Cheaper ones pay nothing back.
pub(super) fn moved(sold: &Sale, list: &PriceList, seats: (&Showing, &[SeatNo], TicketCount)) -> Result<Sale, Refusal> {
    let types = sold.tickets.iter().map(|price| price.ticket_type.clone()).collect();
    let there = sell(list, Some(&TicketTypes::Each(types)), seats)?;
    let difference = there.listed().saturating_sub(sold.listed());
    if difference > 0 || there.currency != sold.currency {
        return Err(Refusal::PriceDiffers { difference, currency: there.currency });
    }
    Ok(sold.clone())
}

fn not_sold(ticket_type: &TicketTypeName, zone: Option<&str>, known: &[&TicketTypeName]) -> Invalid {
    let name = ticket_type.as_str();
    if !known.contains(&ticket_type) {
        return Invalid::new(FIELD, format!("there is no {name}; give for each ticket one of {}", names(known)));
    }
    let place = zone.map(|zone| format!(" in zone {zone}")).unwrap_or_default();
    Invalid::new(FIELD, format!("{name} is not sold{place}; give another type or other seats"))
}

fn names(types: &[&TicketTypeName]) -> String {
    types.iter().map(|ticket_type| ticket_type.as_str()).collect::<Vec<_>>().join(", ")
}
