//! The form of a price list: a group of fields for each ticket type, with its price in each zone.

use std::str::FromStr as _;

use maud::{Markup, html};
use ticketly_domain::{
    Amount, Auditorium, Currency, Invalid, ListedPrice, PriceList, TaxRate, TicketTypeName, ZoneName,
};

use super::area::Area;
use super::field::{Draft, Input};
use crate::locale::texts;
use crate::money::sum;

/// The value of the button that asks for fields of further ticket types.
pub(super) const MORE: &str = "more";
/// For how many further ticket types there are fields.
const SPARE: usize = 3;
/// The greatest number of zones for which there are fields, unless the list itself has more.
const MAX_ZONES: usize = 24;
/// The greatest number of fields for prices. A form has 1,000 fields at most.
const MAX_FIELDS: usize = 900;

/// Returns the zones of these auditoriums, each once.
pub(super) fn zones_of(auditoriums: &[Auditorium]) -> Vec<String> {
    let zones = auditoriums.iter().flat_map(|auditorium| auditorium.plan.zones());
    with_each_once(Vec::new(), zones.map(|zone| zone.as_str().to_owned()), MAX_ZONES)
}

fn with_each_once(mut zones: Vec<String>, more: impl Iterator<Item = String>, limit: usize) -> Vec<String> {
    for zone in more {
        if zones.len() < limit && !zones.contains(&zone) {
            zones.push(zone);
        }
    }
    zones
}

/// Returns the fields of a new list, with prices in these zones.
pub(super) fn begun(
    area: &Area,
    currency: Option<Currency>,
    tax: Option<TaxRate>,
    zones: &[String],
) -> Vec<(String, String)> {
    let mut fields = vec![
        ("currency".to_owned(), currency.map_or_else(|| "EUR".to_owned(), |currency| currency.to_string())),
        ("tax".to_owned(), tax.map(|tax| local(area, &written_rate(tax))).unwrap_or_default()),
        ("rows".to_owned(), SPARE.to_string()),
    ];
    fields.extend((1..).zip(zones).map(|(column, zone)| (format!("zone-{column}"), zone.clone())));
    fields
}

/// Returns the fields of a list, with prices in its zones and in others. `None` for a list that is too large for a form.
pub(super) fn fields_of(area: &Area, list: &PriceList, others: &[String]) -> Option<Vec<(String, String)>> {
    let own = list.prices().iter().filter_map(|price| price.zone.as_ref()).map(|zone| zone.as_str().to_owned());
    let zones = with_each_once(Vec::new(), own, usize::MAX);
    let zones = with_each_once(zones, others.iter().cloned(), MAX_ZONES);
    let types = list.ticket_types();
    let rows = (types.len() + SPARE).min(PriceList::MAX_TYPES);
    if rows * (zones.len() + 2) > MAX_FIELDS {
        return None;
    }
    let mut fields = begun(area, Some(list.currency()), Some(list.tax()), &zones);
    fields.retain(|(name, _)| name != "rows");
    fields.push(("rows".to_owned(), rows.to_string()));
    for (row, name) in types.iter().enumerate() {
        fields.push((format!("type-{row}"), name.as_str().to_owned()));
        for price in list.prices().iter().filter(|price| price.ticket_type == **name) {
            let zone = price.zone.as_ref().and_then(|its| zones.iter().position(|zone| zone == its.as_str()));
            let column = zone.map_or(0, |index| index + 1);
            fields.push((format!("amount-{row}-{column}"), written(area, price.amount, list.currency())));
        }
    }
    Some(fields)
}

fn written(area: &Area, amount: Amount, currency: Currency) -> String {
    local(area, &currency.major(amount.minor().into()))
}

fn local(area: &Area, number: &str) -> String {
    number.replace('.', &area.say(texts::DECIMAL_SEPARATOR))
}

/// Returns a rate in percent.
pub(super) fn written_rate(rate: TaxRate) -> String {
    let hundredths = rate.hundredths();
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn read_rate(text: &str) -> Result<TaxRate, Invalid> {
    let invalid = || Invalid { field: "taxRate", reason: String::new() };
    let text = text.trim_end_matches(['%', ' ']);
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || fraction.len() > 2 || !is_number(whole) || !is_number(fraction) {
        return Err(invalid());
    }
    TaxRate::new(format!("{whole}{fraction:0<2}").parse().map_err(|_| invalid())?)
}

/// Reads an amount of a currency, as people write it.
pub(super) fn read_amount(text: &str, currency: Currency) -> Result<Amount, Invalid> {
    let minor = sum(text, currency).and_then(|minor| u32::try_from(minor).ok());
    Amount::new(minor.unwrap_or(u32::MAX))
}

/// Reads a currency by its code, in any case.
pub(super) fn read_currency(text: &str) -> Result<Currency, Invalid> {
    Currency::from_str(&text.to_ascii_uppercase())
}

fn rows_of(draft: &Draft) -> usize {
    draft.value("rows").parse().unwrap_or(SPARE).clamp(1, PriceList::MAX_TYPES)
}

fn zones_in(draft: &Draft) -> Vec<String> {
    let zone = |column: usize| draft.form().one(&format!("zone-{column}")).map(str::to_owned);
    (1..=PriceList::MAX_PRICES).map_while(zone).collect()
}

/// Reads the prices, and notes what is wrong with them.
pub(super) fn read(draft: &mut Draft, area: &Area) -> Option<PriceList> {
    let currency = draft.read(area, "currency", read_currency);
    let tax = draft.read(area, "tax", read_rate);
    let zones = zones_in(draft);
    let mut prices: Vec<ListedPrice> = Vec::new();
    for row in 0..rows_of(draft) {
        let read = read_row(draft, area, row, &zones, currency);
        let is_known = |price: &ListedPrice| prices.iter().any(|other| other.ticket_type == price.ticket_type);
        if read.first().is_some_and(is_known) {
            draft.refuse(format!("type-{row}"), area.say(texts::MANAGE_PRICE_TWICE));
        }
        prices.extend(read);
    }
    if prices.is_empty() && !draft.is_refused() {
        draft.refuse("type-0", area.say(texts::MANAGE_PRICE_NONE));
    }
    if draft.is_refused() {
        return None;
    }
    let list = PriceList::new(currency?, tax?, prices);
    draft.read(area, "type-0", |_| list)
}

/// Reads the prices of a ticket type. Fields that are all empty are those of none.
fn read_row(
    draft: &mut Draft,
    area: &Area,
    row: usize,
    zones: &[String],
    currency: Option<Currency>,
) -> Vec<ListedPrice> {
    let name = format!("type-{row}");
    let columns: Vec<_> = (0..=zones.len()).map(|column| format!("amount-{row}-{column}")).collect();
    let has_prices = columns.iter().any(|column| !draft.value(column).is_empty());
    if draft.value(&name).is_empty() && !has_prices {
        return Vec::new();
    }
    let ticket_type = draft.read(area, &name, TicketTypeName::parse);
    if !has_prices && let Some(first) = columns.first() {
        draft.refuse(first.as_str(), area.say(texts::MANAGE_PRICE_MISSING));
    }
    let mut prices = Vec::new();
    let zones = std::iter::once(None).chain(zones.iter().map(Some));
    for (column, zone) in columns.iter().zip(zones) {
        // Without a currency it is not known how many decimal places an amount may have.
        let Some(currency) = currency else { continue };
        let amount = draft.optional(area, column, |text| read_amount(text, currency));
        let zone = zone.map(|zone| ZoneName::parse(zone)).transpose();
        if let (Some(ticket_type), Some(amount), Ok(zone)) = (&ticket_type, amount, zone) {
            prices.push(ListedPrice { ticket_type: ticket_type.clone(), zone, amount });
        }
    }
    prices
}

/// Returns whether two lists sell the same tickets at the same prices, in whatever order their prices were given.
pub(super) fn is_same(one: &PriceList, other: &PriceList) -> bool {
    let has_all = |list: &PriceList, of: &PriceList| of.prices().iter().all(|price| list.prices().contains(price));
    (one.currency(), one.tax(), one.ticket_types()) == (other.currency(), other.tax(), other.ticket_types())
        && has_all(one, other)
        && has_all(other, one)
}

/// Gives the form fields for further ticket types.
pub(super) fn with_more(draft: &Draft) -> Draft {
    let rows = (rows_of(draft) + SPARE).min(PriceList::MAX_TYPES);
    let kept = draft.form().starting("").filter(|(name, _)| *name != "rows");
    let fields: Vec<_> = kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Draft::of(fields.into_iter().chain([("rows".to_owned(), rows.to_string())]))
}

/// Returns the button that asks for fields of further ticket types. It comes after that of the form, which Enter presses.
pub(super) fn more(area: &Area, draft: &Draft) -> Markup {
    html! {
        @if rows_of(draft) < PriceList::MAX_TYPES {
            button.quiet name="do" value=(MORE) formnovalidate { (area.say(texts::MANAGE_PRICE_MORE)) }
        }
    }
}

/// Shows the fields.
pub(super) fn fields(area: &Area, draft: &Draft) -> Markup {
    let zones = zones_in(draft);
    let rows = rows_of(draft);
    let short = |name, max| Input { name, required: true, max: Some(max), ..Input::default() };
    html! {
        fieldset.whole {
            legend { (area.say(texts::PRICES_TITLE)) }
            div.pair.short {
                (draft.input(area, texts::MANAGE_PRICE_CURRENCY, Input { hint: Some(texts::MANAGE_PRICE_CURRENCY_HINT), ..short("currency", 3) }))
                (draft.input(area, texts::MANAGE_PRICE_TAX, Input {
                    keyboard: Some("decimal"), hint: Some(texts::MANAGE_PRICE_TAX_HINT), ..short("tax", 7)
                }))
            }
            p.hint {
                (area.say(texts::MANAGE_PRICE_HINT)) " "
                @if !zones.is_empty() { (area.say(texts::MANAGE_PRICE_ZONES_HINT)) }
            }
            input type="hidden" name="rows" value=(rows);
            @for (column, zone) in (1_usize..).zip(&zones) { input type="hidden" name=(format!("zone-{column}")) value=(zone); }
            @for row in 0..rows { (row_fields(area, draft, row, &zones)) }
        }
    }
}

fn row_fields(area: &Area, draft: &Draft, row: usize, zones: &[String]) -> Markup {
    let anywhere = if zones.is_empty() { texts::PRICES_PRICE } else { texts::MANAGE_PRICE_ANYWHERE };
    let labels = std::iter::once(area.say(anywhere)).chain(zones.iter().cloned());
    html! {
        fieldset.ticket {
            legend.unseen { (area.words.tell(texts::MANAGE_PRICE_TICKET, [("number", (row + 1).into())])) }
            (draft.input(area, texts::PRICES_TYPE, Input {
                name: &format!("type-{row}"), max: Some(TicketTypeName::MAX), ..Input::default()
            }))
            @for (column, label) in labels.enumerate() {
                (draft.named(area, &label, Input {
                    name: &format!("amount-{row}-{column}"), keyboard: Some("decimal"), max: Some(12), ..Input::default()
                }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_people_write_them() {
        let read = |text| read_rate(text).ok().map(TaxRate::hundredths);
        assert_eq!(["7", "7.5", "7,25", "19 %", "0", "100"].map(read), [700, 750, 725, 1900, 0, 10_000].map(Some));
        assert_eq!(["", "x", "7.125", "-1", "100.01", "1000", "7,5,0"].map(read), [None; 7]);
        let written = |hundredths| written_rate(TaxRate::new(hundredths).unwrap());
        assert_eq!([700, 750, 725, 0, 10_000].map(written), ["7", "7.5", "7.25", "0", "100"]);
    }

    #[test]
    fn amounts_have_the_decimal_places_of_their_currency() {
        let read = |text, currency: &str| read_amount(text, currency.parse().unwrap()).ok().map(Amount::minor);
        assert_eq!([read("12,5", "EUR"), read("900", "JPY"), read("1.250", "TND")], [1250, 900, 1250].map(Some));
        assert_eq!([read("12.505", "EUR"), read("9.5", "JPY"), read("999999999", "EUR"), read("", "EUR")], [None; 4]);
    }
}
