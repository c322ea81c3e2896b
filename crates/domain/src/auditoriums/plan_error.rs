//! What is wrong with the picture of a plan.

use std::fmt;

use super::Plan;
use crate::Invalid;

/// What is wrong with a picture, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanError {
    /// What is wrong.
    pub fault: PlanFault,
    /// The index of the row that is wrong. `None` for a fault of the whole picture.
    pub row: Option<usize>,
    /// The label of that row, unless the label is what is wrong.
    pub label: Option<String>,
}

/// What is wrong with a picture or with one of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanFault {
    /// The legend has no character, or more than [`Plan::MAX_LEGEND`].
    LegendSize,
    /// The legend has a character that may not stand for a seat.
    LegendCharacter,
    /// The word of a character of the legend is no name.
    LegendWord {
        /// The character.
        character: char,
    },
    /// Two characters of the legend have the same word.
    LegendTwice {
        /// The word.
        word: String,
    },
    /// The focus is not in the hall.
    Focus,
    /// There is no row, or more than [`Plan::MAX_ROWS`].
    RowCount,
    /// There is no seat.
    NoSeat,
    /// There are more than [`Plan::MAX_SEATS`] seats up to a row.
    TooManySeats {
        /// The label of the row.
        row: String,
    },
    /// Two seats have the same label, such as `111`.
    SeatTwice {
        /// The label of the row of one.
        row: String,
        /// The number of that one.
        number: i32,
        /// The label of the row of the other.
        other: String,
    },
    /// The label of the row is none.
    RowLabel,
    /// Another row has the label.
    RowTwice,
    /// The step is none of those that there are.
    Step,
    /// The row has more than [`Plan::MAX_PLACES`] places.
    TooManyPlaces,
    /// A place is a character that the legend does not have.
    Character {
        /// The column, from 1.
        column: usize,
        /// The characters of the legend.
        known: String,
    },
    /// A seat has a number below 1 or above [`Plan::MAX_NUMBER`].
    Numbers,
}

impl PlanFault {
    /// Returns the fault of the whole picture.
    pub(super) const fn of_picture(self) -> PlanError {
        PlanError { fault: self, row: None, label: None }
    }

    /// Returns the name of the member of the picture, or of its row, that is wrong.
    const fn field(&self) -> &'static str {
        match self {
            Self::LegendSize | Self::LegendCharacter | Self::LegendWord { .. } | Self::LegendTwice { .. } => "legend",
            Self::Focus => "focus",
            Self::RowCount | Self::NoSeat | Self::TooManySeats { .. } | Self::SeatTwice { .. } => "rows",
            Self::RowLabel | Self::RowTwice => "row",
            Self::Step => "step",
            Self::TooManyPlaces | Self::Character { .. } => "places",
            Self::Numbers => "from",
        }
    }
}

impl fmt::Display for PlanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LegendSize => write!(f, "give a legend of 1 to {} characters", Plan::MAX_LEGEND),
            Self::LegendCharacter => {
                f.write_str("the legend has a character other than a letter, a digit or a sign; `_` is an aisle")
            }
            Self::LegendWord { character } => {
                write!(f, "`{character}` of the legend needs a word of 1 to 40 letters, digits, - or spaces")
            }
            Self::LegendTwice { word } => write!(f, "the legend says {word} for two characters; use one"),
            Self::Focus => f.write_str("the focus has a number below 0 or above 1; give two numbers from 0 to 1"),
            Self::RowCount => write!(f, "give 1 to {} rows", Plan::MAX_ROWS),
            Self::NoSeat => f.write_str("there is no seat in it; draw one"),
            Self::TooManySeats { row } => {
                write!(f, "there are more than {} seats up to row {row}", Plan::MAX_SEATS)
            }
            Self::SeatTwice { row, number, other } => write!(
                f,
                "seat {number} of row {row} has the same label, {row}{number}, as a seat of row {other}; give one of the rows another \
                 label, such as a letter"
            ),
            Self::RowLabel => write!(f, "give a label of 1 to {} capital letters or digits", Plan::MAX_LABEL),
            Self::RowTwice => f.write_str("another row has that label; give it one of its own"),
            Self::Step => f.write_str("step is not 1, -1, 2 or -2"),
            Self::TooManyPlaces => {
                write!(f, "it has more than {} places; draw it as two rows", Plan::MAX_PLACES)
            }
            Self::Character { column, known } => write!(
                f,
                "column {column} is a character that the legend does not have; use one of {known}, _ for an aisle or a space"
            ),
            Self::Numbers => {
                write!(f, "its seats have numbers below 1 or above {}; change from or step", Plan::MAX_NUMBER)
            }
        }
    }
}

/// Writes the row before what is wrong with it.
impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.row, &self.label) {
            (Some(row), Some(label)) => write!(f, "row {} ({label}): {}", row + 1, self.fault),
            // The label itself may be anything.
            (Some(row), None) => write!(f, "row {}: {}", row + 1, self.fault),
            (None, _) => self.fault.fmt(f),
        }
    }
}

impl std::error::Error for PlanError {}

impl PlanError {
    /// Returns the name of the member of the picture, or of its row, that is wrong.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.fault.field()
    }
}

impl From<PlanError> for Invalid {
    fn from(error: PlanError) -> Self {
        Self::new(error.field(), error.to_string())
    }
}
