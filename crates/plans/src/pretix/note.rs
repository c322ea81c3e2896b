//! What of an imported plan is not as it was, for the person who imports it.

use std::fmt;

use ticketly_domain::Plan;

/// What is not as it was. Its `Display` form is in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The plan was turned by half, because this is behind all seats.
    Turned(String),
    /// Rows of two zones that lie side by side are one row each.
    Joined {
        /// The two zones.
        zones: [String; 2],
        /// The labels of the rows.
        rows: Vec<String>,
    },
    /// The seats of a category have another word.
    Category {
        /// The name of the category.
        name: String,
        /// The word of the legend.
        word: String,
    },
    /// The plan has this name now.
    Name(String),
    /// Rows of a zone have other labels.
    Rows {
        /// The zone.
        zone: String,
        /// The rows.
        rows: Vec<Relabeled>,
        /// Why they could not keep their labels, unless each of them has its own reason.
        why: Option<LabelConflict>,
    },
}

/// A row that has another label, or is divided into parts with labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relabeled {
    /// The label as it was.
    pub row: String,
    /// The labels, each with the numbers of the first and the last seat.
    pub labels: Vec<(String, i32, i32)>,
}

/// Why rows cannot have their labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelConflict {
    /// The parts of the row need this label, which is too long.
    TooLong(String),
    /// Another row has this label.
    RowTwice(String),
    /// Two seats, each with its row and its number, would have one label.
    SeatTwice {
        /// The seats.
        seats: [(String, i32); 2],
        /// The label.
        label: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Turned(behind) => write!(f, "the plan was turned by half, because {behind} is behind all seats"),
            Self::Joined { zones: [left, right], rows } => {
                write!(f, "zones {left} and {right}: rows joined side by side: {}", rows.join(", "))
            }
            Self::Category { name, word } => write!(f, "category {name}: its seats are now {word}"),
            Self::Name(name) => write!(f, "the name is now {name}"),
            Self::Rows { zone, rows, why } => {
                let rows: Vec<_> = rows.iter().map(Relabeled::to_string).collect();
                write!(f, "zone {zone}: row {}", rows.join(", "))?;
                why.as_ref().map_or(Ok(()), |why| write!(f, ", because {why}"))
            }
        }
    }
}

impl fmt::Display for Relabeled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = match self.labels.as_slice() {
            [(label, ..)] => label.clone(),
            parts => {
                let part = |(label, first, last): &(String, i32, i32)| format!("{label} ({first} to {last})");
                parts.iter().map(part).collect::<Vec<_>>().join(" and ")
            }
        };
        write!(f, "{} is now {labels}", self.row)
    }
}

impl fmt::Display for LabelConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(label) => {
                write!(f, "its parts need the label {label}, which has more than {} characters", Plan::MAX_LABEL)
            }
            Self::RowTwice(label) => write!(f, "another row has the label {label} too"),
            Self::SeatTwice { seats: [(row, number), (other_row, other)], label } => {
                write!(f, "seat {number} of row {row} and seat {other} of row {other_row} would both be {label}")
            }
        }
    }
}
