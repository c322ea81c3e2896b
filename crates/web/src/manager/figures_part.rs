//! A part of the figures: its charts, its table, and the table for spreadsheets.

use std::fmt::Write as _;

use maud::{Markup, html};
use ticketly_domain::Currency;
use ticketly_http::csv::cell;

use super::area::Area;
use super::chart::{Chart, MAX_BARS, Point, Scale};
use super::report::{Row, Sum};
use crate::locale::{Text, texts};

/// By what the figures are summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Days,
    Titles,
    Auditoriums,
}

impl Kind {
    /// Returns the name, in addresses and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Titles => "titles",
            Self::Auditoriums => "auditoriums",
        }
    }

    /// Returns the text of the link to the table for spreadsheets.
    pub const fn download(self) -> Text {
        match self {
            Self::Days => texts::MANAGE_FIGURES_DAYS_CSV,
            Self::Titles => texts::MANAGE_FIGURES_TITLES_CSV,
            Self::Auditoriums => texts::MANAGE_FIGURES_AUDITORIUMS_CSV,
        }
    }

    /// Returns the heading of the first column, and its name for programs.
    const fn column(self) -> (Text, &'static str) {
        match self {
            Self::Days => (texts::MANAGE_FIELD_DATE, "day"),
            Self::Titles => (texts::MANAGE_FIELD_TITLE, "title"),
            Self::Auditoriums => (texts::MANAGE_FIELD_PLACE, "auditorium"),
        }
    }
}

/// A row: its name and its sum.
pub(super) type Named<'a> = (String, &'a Sum);

/// Returns rows whose names are texts.
pub(super) fn named(rows: &[Row<String>]) -> Vec<Named<'_>> {
    rows.iter().map(|row| (row.name.clone(), &row.sum)).collect()
}

/// Writes tenths of a percent, with the decimal separator of the language.
fn tenths(area: &Area, tenths: u64) -> String {
    let number = decimal(tenths).replace('.', &area.say(texts::DECIMAL_SEPARATOR));
    area.words.tell(texts::MANAGE_PROMOTION_PERCENT, [("percent", number.into())])
}

fn decimal(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn occupancy(area: &Area, sum: &Sum) -> String {
    sum.occupancy().map_or_else(|| "–".to_owned(), |occupancy| tenths(area, occupancy))
}

/// Returns the heading of the takings in a currency. It names the currency only where there are several.
fn takings_title(area: &Area, currency: Currency, currencies: &[Currency]) -> String {
    let title = area.say(texts::MANAGE_FIGURES_TAKINGS);
    if currencies.len() > 1 { format!("{title} ({currency})") } else { title }
}

/// Shows the sums of a period.
pub(super) fn sums(area: &Area, all: &Sum, currencies: &[Currency]) -> Markup {
    let numbers = [
        (area.say(texts::MANAGE_FIGURES_SHOWINGS), all.showings.to_string()),
        (area.say(texts::MANAGE_FIGURES_TICKETS), all.tickets.to_string()),
        (area.say(texts::MANAGE_FIGURES_OCCUPANCY), occupancy(area, all)),
    ];
    let takings = currencies.iter().map(|currency| {
        (takings_title(area, *currency, currencies), area.words.money(all.takings_in(*currency), *currency))
    });
    html! {
        dl.facts-list.sums { @for (name, value) in numbers.into_iter().chain(takings) { div { dt { (name) } dd { (value) } } } }
    }
}

/// Draws the occupancy, and the takings in each currency.
pub(super) fn charts(area: &Area, kind: Kind, rows: &[Named<'_>], currencies: &[Currency]) -> Markup {
    let shown = if kind == Kind::Days { rows } else { rows.get(..MAX_BARS).unwrap_or(rows) };
    let points = |value: &dyn Fn(&Sum) -> u64, write: &dyn Fn(&Sum) -> String| -> Vec<_> {
        shown.iter().map(|(name, sum)| Point { name: name.clone(), value: value(sum), text: write(sum) }).collect()
    };
    let mut charts = vec![Chart {
        id: format!("{}-0", kind.name()),
        title: area.say(texts::MANAGE_FIGURES_OCCUPANCY),
        points: points(&|sum| sum.occupancy().unwrap_or_default(), &|sum| occupancy(area, sum)),
        scale: Scale { most: 1000, labels: [1000, 500].map(|part| tenths(area, part)) },
    }];
    for (number, currency) in (1..).zip(currencies) {
        let money = |minor: u64| area.words.money(minor, *currency);
        let points = points(&|sum| sum.takings_in(*currency), &|sum| money(sum.takings_in(*currency)));
        let greatest = points.iter().map(|point| point.value).max().unwrap_or_default();
        charts.push(Chart {
            id: format!("{}-{number}", kind.name()),
            title: takings_title(area, *currency, currencies),
            points,
            scale: Scale::up_to(greatest, money),
        });
    }
    html! {
        @if shown.len() < rows.len() { p.hint { (area.words.tell(texts::MANAGE_FIGURES_FIRST, [("count", MAX_BARS.into())])) } }
        div.charts {
            @for chart in &charts {
                @if kind == Kind::Days { (chart.columns(area)) } @else { (chart.bars(area)) }
            }
        }
    }
}

/// Shows the numbers.
pub(super) fn table(
    area: &Area,
    (kind, title): (Kind, Text),
    rows: &[Named<'_>],
    all: &Sum,
    currencies: &[Currency],
) -> Markup {
    let numbers = [
        texts::MANAGE_FIGURES_SHOWINGS,
        texts::MANAGE_COLUMN_TAKEN,
        texts::MANAGE_FIGURES_TICKETS,
        texts::MANAGE_FIGURES_OCCUPANCY,
    ];
    let cells = |sum: &Sum| {
        html! {
            td.number { (sum.showings) }
            td.number { (sum.seats) }
            td.number { (sum.tickets) }
            td.number { (occupancy(area, sum)) }
            @for currency in currencies { td.number { (area.words.money(sum.takings_in(*currency), *currency)) } }
        }
    };
    html! {
        div.scroll tabindex="0" role="group" aria-label=(area.say(title)) {
            table.figures {
                thead {
                    tr {
                        th scope="col" { (area.say(kind.column().0)) }
                        @for text in numbers { th.number scope="col" { (area.say(text)) } }
                        @for currency in currencies { th.number scope="col" { (takings_title(area, *currency, currencies)) } }
                    }
                }
                tbody { @for (name, sum) in rows { tr { th scope="row" { (name) } (cells(sum)) } } }
                tfoot { tr { th scope="row" { (area.say(texts::MANAGE_FIGURES_ALL)) } (cells(all)) } }
            }
        }
    }
}

/// Returns the numbers as CSV, with days as ISO 8601 and amounts in major units, such as euros.
pub(super) fn csv(kind: Kind, rows: &[Named<'_>], currencies: &[Currency]) -> String {
    // Spreadsheets take a file without this mark for one of another encoding.
    let mut table = "\u{feff}".to_owned();
    // Writing to a `String` does not fail.
    let _ = write!(table, "{},showings,seats,soldTickets,occupancyPercent", kind.column().1);
    for currency in currencies {
        let _ = write!(table, ",takings{currency}");
    }
    table.push_str("\r\n");
    for (name, sum) in rows {
        let occupancy = sum.occupancy().map(decimal).unwrap_or_default();
        let Sum { showings, seats, tickets, .. } = sum;
        let _ = write!(table, "{},{showings},{seats},{tickets},{occupancy}", cell(name));
        for currency in currencies {
            let _ = write!(table, ",{}", currency.major(sum.takings_in(*currency)));
        }
        table.push_str("\r\n");
    }
    table
}
