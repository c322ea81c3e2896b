//! The text form of a seating plan: a legend, rows of characters, and the place from which seats are best.

use std::collections::BTreeMap;

use ticketly_domain::{Picture, PictureRow, Plan, PlanError, PlanFault};

use super::field::Draft;
use crate::locale::{Words, texts};

/// The fields of a plan.
pub(super) const LEGEND: &str = "legend";
pub(super) const ROWS: &str = "rows";
pub(super) const FOCUS: [&str; 2] = ["across", "along"];

/// Why the fields are no plan.
#[derive(Debug, PartialEq)]
pub(super) enum Unread {
    /// A line of the legend, from 1, is not a character and its word.
    LegendLine(usize),
    /// A line of the rows, from 1, is no row.
    RowLine(usize),
    /// The picture is no plan.
    Plan(PlanError),
}

/// Returns the fields of a picture. The places of all rows begin at the same column, so that the text looks like the hall.
pub(super) fn fields_of(picture: &Picture) -> Vec<(&'static str, String)> {
    let legend = picture.legend.iter().map(|(character, word)| format!("{character} {word}\n"));
    let width = picture.rows.iter().map(|row| row.row.len()).max().unwrap_or_default();
    let rows = picture
        .rows
        .iter()
        .map(|PictureRow { row, from, step, places }| format!("{row:<width$} {from:>4} {step:>2} |{places}\n"));
    let [across, along] = picture.focus.unwrap_or(Picture::FOCUS).map(|part| (part * 100.0).round().to_string());
    let [x, y] = FOCUS;
    vec![(LEGEND, legend.collect()), (ROWS, rows.collect()), (x, across), (y, along)]
}

/// Reads the fields.
pub(super) fn read(draft: &Draft) -> Result<Plan, Unread> {
    let mut legend = BTreeMap::new();
    for (index, line) in draft.value(LEGEND).lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (character, word) = legend_line(line).ok_or(Unread::LegendLine(index + 1))?;
        legend.insert(character, word);
    }
    let mut rows = Vec::new();
    for (index, line) in draft.value(ROWS).lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        rows.push(row_line(line).ok_or(Unread::RowLine(index + 1))?);
    }
    Plan::read(Picture { focus: focus(draft)?, legend, rows }).map_err(Unread::Plan)
}

/// Reads a character and its word, such as `. standard`.
fn legend_line(line: &str) -> Option<(char, String)> {
    let line = line.trim();
    let character = line.chars().next()?;
    let word = line.get(character.len_utf8()..)?.strip_prefix(char::is_whitespace)?;
    Some((character, word.trim().to_owned()))
}

/// Reads a row, such as `A 1 1 |..._...`. The number of the first seat and the step may be left out.
fn row_line(line: &str) -> Option<PictureRow> {
    let (facts, places) = line.split_once('|')?;
    let mut facts = facts.split_whitespace();
    let row = facts.next()?.to_owned();
    let mut number = || facts.next().map_or(Some(1), |number| number.parse().ok());
    let (from, step) = (number()?, number()?);
    facts.next().is_none().then(|| PictureRow { row, from, step, places: places.trim_end().to_owned() })
}

/// Reads the place from which seats are best, in percent. `None` when nothing is given.
fn focus(draft: &Draft) -> Result<Option<[f64; 2]>, Unread> {
    let wrong = || Unread::Plan(PlanError { fault: PlanFault::Focus, row: None, label: None });
    if FOCUS.iter().all(|name| draft.value(name).is_empty()) {
        return Ok(None);
    }
    let percent = |name| draft.value(name).replace(',', ".").parse::<f64>().map(|percent| percent / 100.0);
    let [across, along] = FOCUS.map(percent);
    Ok(Some([across.map_err(|_| wrong())?, along.map_err(|_| wrong())?]))
}

impl Unread {
    /// Returns the field that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::LegendLine(_) => LEGEND,
            Self::RowLine(_) => ROWS,
            Self::Plan(error) => match error.field() {
                "legend" => LEGEND,
                "focus" => FOCUS[0],
                _ => ROWS,
            },
        }
    }

    /// Returns the index of the row that is wrong, and the column, from 1.
    pub fn place(&self) -> (Option<usize>, Option<usize>) {
        match self {
            Self::Plan(PlanError { fault: PlanFault::Character { column, .. }, row, .. }) => (*row, Some(*column)),
            Self::Plan(PlanError { row, .. }) => (*row, None),
            Self::LegendLine(_) | Self::RowLine(_) => (None, None),
        }
    }

    /// Says what is wrong, and where.
    pub fn tell(&self, words: Words) -> String {
        let line = |text, line: usize| words.tell(text, [("line", line.into())]);
        match self {
            Self::LegendLine(number) => line(texts::MANAGE_PLAN_LEGEND_LINE, *number),
            Self::RowLine(number) => line(texts::MANAGE_PLAN_ROW_LINE, *number),
            Self::Plan(PlanError { fault, row: None, .. }) => of_fault(words, fault),
            Self::Plan(PlanError { fault, row: Some(row), label }) => {
                let label = label.as_ref().map(|label| format!(" ({label})")).unwrap_or_default();
                let arguments =
                    [("row", (row + 1).into()), ("label", label.into()), ("fault", of_fault(words, fault).into())];
                words.tell(texts::MANAGE_PLAN_IN_ROW, arguments)
            }
        }
    }
}

fn of_fault(words: Words, fault: &PlanFault) -> String {
    let limit = |text, limit: usize| words.tell(text, [("limit", limit.into())]);
    match fault {
        PlanFault::LegendSize => limit(texts::MANAGE_PLAN_LEGEND_SIZE, Plan::MAX_LEGEND),
        PlanFault::LegendCharacter => words.say(texts::MANAGE_PLAN_LEGEND_CHARACTER),
        PlanFault::LegendWord { character } => {
            words.tell(texts::MANAGE_PLAN_LEGEND_WORD, [("character", character.to_string().into())])
        }
        PlanFault::LegendTwice { word } => {
            words.tell(texts::MANAGE_PLAN_LEGEND_TWICE, [("word", word.as_str().into())])
        }
        PlanFault::Focus => words.say(texts::MANAGE_PLAN_FOCUS),
        PlanFault::RowCount => limit(texts::MANAGE_PLAN_ROW_COUNT, Plan::MAX_ROWS),
        PlanFault::NoSeat => words.say(texts::MANAGE_PLAN_NO_SEAT),
        PlanFault::TooManySeats { row } => words
            .tell(texts::MANAGE_PLAN_TOO_MANY_SEATS, [("limit", Plan::MAX_SEATS.into()), ("row", row.as_str().into())]),
        PlanFault::SeatTwice { row, number, other } => words.tell(
            texts::MANAGE_PLAN_SEAT_TWICE,
            [("row", row.as_str().into()), ("number", number.to_string().into()), ("other", other.as_str().into())],
        ),
        PlanFault::RowLabel => limit(texts::MANAGE_PLAN_ROW_LABEL, Plan::MAX_LABEL),
        PlanFault::RowTwice => words.say(texts::MANAGE_PLAN_ROW_TWICE),
        PlanFault::Step => words.say(texts::MANAGE_PLAN_STEP),
        PlanFault::TooManyPlaces => limit(texts::MANAGE_PLAN_TOO_MANY_PLACES, Plan::MAX_PLACES),
        PlanFault::Character { column, known } => words.tell(
            texts::MANAGE_PLAN_CHARACTER,
            [("column", column.to_string().into()), ("known", known.as_str().into())],
        ),
        PlanFault::Numbers => words.tell(texts::MANAGE_PLAN_NUMBERS, [("limit", Plan::MAX_NUMBER.to_string().into())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(legend: &str, rows: &str) -> Draft {
        Draft::of([(LEGEND, legend.to_owned()), (ROWS, rows.to_owned())])
    }

    #[test]
    fn a_plan_reads_back_from_its_fields() {
        let picture = "focus 0.25 0.5\nlegend . standard\nlegend L front row\nrow A 1 1  .. _.|\nrow AA 13 -2 ..";
        let picture = picture.replace("_.|", "_..").parse::<Picture>().unwrap();
        let fields = fields_of(&picture);
        assert_eq!(fields[1].1, "A     1  1 | .. _..\nAA   13 -2 |..\n");
        assert_eq!(read(&Draft::of(fields)).unwrap().picture(), &picture);
    }

    #[test]
    fn what_a_person_leaves_out_is_usual() {
        let plan = read(&draft(".  standard\r\n\r\n", " A|...\r\nB 5 | ..  \r\n")).unwrap();
        let rows: Vec<_> = plan.picture().rows.iter().map(|row| (row.from, row.step, row.places.as_str())).collect();
        assert_eq!(rows, [(1, 1, "..."), (5, 1, " ..")]);
        assert_eq!(plan.picture().focus, Some(Picture::FOCUS));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        for (legend, rows, unread) in [
            (".standard", "A|.", Unread::LegendLine(1)),
            (". x\n\n.", "A|.", Unread::LegendLine(3)),
            (". x", "A|.\nB ..", Unread::RowLine(2)),
            (". x", "|.", Unread::RowLine(1)),
            (". x", "A 1 1 1|.", Unread::RowLine(1)),
            (". x", "A one|.", Unread::RowLine(1)),
        ] {
            assert_eq!(read(&draft(legend, rows)).unwrap_err(), unread, "{legend:?} {rows:?}");
        }
        let focus = Draft::of([(LEGEND, ". x".into()), (ROWS, "A|.".into()), ("across", "left".into())]);
        assert_eq!(read(&focus).unwrap_err().field(), "across");
    }
}
