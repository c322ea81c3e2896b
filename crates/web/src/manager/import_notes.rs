//! What of an imported plan is not as it was, in the language of the reader.

use ticketly_domain::Plan;
use ticketly_plans::{LabelConflict, Note, Relabeled};

use crate::locale::{Words, texts};

/// Says what is not as it was.
pub(super) fn tell(words: Words, note: &Note) -> String {
    match note {
        Note::Turned(behind) => words.tell(texts::MANAGE_IMPORT_TURNED, [("what", behind.as_str().into())]),
        Note::Joined { zones: [left, right], rows } => words.tell(
            texts::MANAGE_IMPORT_JOINED,
            [("left", left.as_str().into()), ("right", right.as_str().into()), ("rows", rows.join(", ").into())],
        ),
        Note::Category { name, word } => {
            words.tell(texts::MANAGE_IMPORT_CATEGORY, [("name", name.as_str().into()), ("word", word.as_str().into())])
        }
        Note::Name(name) => words.tell(texts::MANAGE_IMPORT_NAME, [("name", name.as_str().into())]),
        Note::Rows { zone, rows, why } => {
            let rows = rows.iter().map(|row| relabeled(words, row)).collect::<Vec<_>>().join(", ");
            let arguments = [("zone", zone.as_str().into()), ("rows", rows.into())];
            let told = words.tell(texts::MANAGE_IMPORT_ROWS, arguments);
            match why {
                Some(why) => words
                    .tell(texts::MANAGE_IMPORT_BECAUSE, [("what", told.into()), ("why", conflict(words, why).into())]),
                None => told,
            }
        }
    }
}

fn relabeled(words: Words, Relabeled { row, labels }: &Relabeled) -> String {
    let part = |(label, first, last): &(String, i32, i32)| {
        let numbers = [("first", first.to_string().into()), ("last", last.to_string().into())];
        words.tell(texts::MANAGE_IMPORT_PART, [("label", label.as_str().into())].into_iter().chain(numbers))
    };
    let labels = match labels.as_slice() {
        [(label, ..)] => label.clone(),
        parts => parts.iter().map(part).collect::<Vec<_>>().join(", "),
    };
    words.tell(texts::MANAGE_IMPORT_ROW, [("row", row.as_str().into()), ("labels", labels.into())])
}

fn conflict(words: Words, conflict: &LabelConflict) -> String {
    match conflict {
        LabelConflict::TooLong(label) => words
            .tell(texts::MANAGE_IMPORT_TOO_LONG, [("label", label.as_str().into()), ("limit", Plan::MAX_LABEL.into())]),
        LabelConflict::RowTwice(label) => {
            words.tell(texts::MANAGE_IMPORT_ROW_TWICE, [("label", label.as_str().into())])
        }
        LabelConflict::SeatTwice { seats: [(row, number), (other_row, other)], label } => words.tell(
            texts::MANAGE_IMPORT_SEAT_TWICE,
            [
                ("row", row.as_str().into()),
                ("number", number.to_string().into()),
                ("other-row", other_row.as_str().into()),
                ("other", other.to_string().into()),
                ("label", label.as_str().into()),
            ],
        ),
    }
}
