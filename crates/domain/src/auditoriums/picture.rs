//! Pictures of plans in text, as clients draw them and stores keep them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::Invalid;

/// A plan as a picture in text: one character for each place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Picture {
    /// The place from which seats are best: across the hall from 0 at the left to 1, and from 0 at the screen to 1 at
    /// the back. [`Self::FOCUS`] when it is not given.
    pub focus: Option<[f64; 2]>,
    /// What the characters mean: `wheelchair`, `companion`, or the name of a zone of seats that anyone may take, such as
    /// `standard`.
    pub legend: BTreeMap<char, String>,
    /// The rows, from the screen to the back.
    pub rows: Vec<PictureRow>,
}

/// A row of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureRow {
    /// The label.
    pub row: String,
    /// The number of the first seat at the left.
    pub from: i32,
    /// The difference between the numbers of two seats: 1, -1, 2 or -2.
    pub step: i32,
    /// The places from left to right: characters of the legend, [`Picture::AISLE`], or [`Picture::NOTHING`].
    pub places: String,
}

impl Picture {
    /// The focus of a picture that has none.
    pub const FOCUS: [f64; 2] = [0.5, 0.62];
    /// A place without a seat between two seats that are not beside each other.
    pub const AISLE: char = '_';
    /// A place without a seat. It separates seats as an aisle does.
    pub const NOTHING: char = ' ';
}

/// Writes a line for the focus, one for each character of the legend, and one for each row: the form that
/// [`Picture::from_str`] reads, for stores.
impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some([x, y]) = self.focus {
            writeln!(f, "focus {x} {y}")?;
        }
        for (character, word) in &self.legend {
            writeln!(f, "legend {character} {word}")?;
        }
        for PictureRow { row, from, step, places } in &self.rows {
            writeln!(f, "row {row} {from} {step} {places}")?;
        }
        Ok(())
    }
}

impl FromStr for Picture {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut picture = Self::default();
        for (index, line) in text.lines().enumerate() {
            read_line(&mut picture, line)
                .ok_or_else(|| Invalid::new("plan", format!("line {} is not a line of a plan", index + 1)))?;
        }
        Ok(picture)
    }
}

fn read_line(picture: &mut Picture, line: &str) -> Option<()> {
    let (kind, rest) = line.split_once(' ')?;
    match kind {
        "focus" => {
            let (x, y) = rest.split_once(' ')?;
            picture.focus = Some([x.parse().ok()?, y.parse().ok()?]);
        }
        "legend" => {
            let (character, word) = rest.split_once(' ')?;
            picture.legend.insert(character.parse().ok()?, word.to_owned());
        }
        "row" => {
            let mut parts = rest.splitn(4, ' ');
            picture.rows.push(PictureRow {
                row: parts.next()?.to_owned(),
                from: parts.next()?.parse().ok()?,
                step: parts.next()?.parse().ok()?,
                places: parts.next()?.to_owned(),
            });
        }
        _ => return None,
    }
    Some(())
}
