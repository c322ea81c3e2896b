//! Imports of seating plans of pretix.

mod columns;
mod document;
mod labels;
mod legend;
mod lines;
mod names;
mod note;
mod numbering;
mod rows;

use serde_json::Value;
use ticketly_domain::{Picture, PictureRow, Plan};

use crate::unreadable::{Unreadable, bail, wrong};
use document::Document;
use names::shown;
use numbering::Run;
use rows::{Hall, Row};

pub use note::{LabelConflict, Note, Relabeled};

/// The greatest length of a plan's name.
const MAX_NAME: usize = 100;

/// An imported plan.
#[derive(Debug)]
pub struct Imported {
    /// The name, if the plan has one.
    pub name: Option<String>,
    /// The picture.
    pub picture: Picture,
    /// What is not as it was, for the person who imports it.
    pub notes: Vec<Note>,
}

/// Imports a seating plan of pretix, from its JSON.
///
/// The categories become the legend, the positions of the seats the order, the aisles and the places of the picture.
/// An error names the zone, the row and the seat.
pub fn import(document: &Value) -> Result<Imported, Unreadable> {
    let document = Document::read(document)?;
    let mut notes = Vec::new();
    if let Some(screen) = &document.screen_behind {
        notes.push(Note::Turned(shown(screen)));
    }
    let hall = rows::arrange(&document, &mut notes)?;
    let labels = labels::assign(&document.zones, &hall.rows, &mut notes)?;
    let mut seats = vec![0; document.categories.len()];
    for seat in hall.rows.iter().flat_map(|row| &row.seats) {
        if let Some(count) = seats.get_mut(seat.category) {
            *count += 1;
        }
    }
    let (legend, characters) = legend::legend(&document.categories, &seats, &mut notes)?;
    let columns = columns(&document, &hall)?;
    let mut picture = Picture { focus: None, legend, rows: Vec::new() };
    for ((row, columns), labels) in hall.rows.iter().zip(columns).zip(labels) {
        for (run, label) in row.runs.iter().zip(labels) {
            picture.rows.push(PictureRow {
                row: label,
                from: run.from,
                step: run.step,
                places: draw(row, run, &columns, &characters),
            });
        }
    }
    if let Err(invalid) = Plan::new(picture.clone()) {
        bail!("{}", invalid.reason);
    }
    let name: String = shown_name(&document.name);
    if name != document.name {
        notes.push(Note::Name(name.clone()));
    }
    Ok(Imported { name: Some(name).filter(|name| !name.is_empty()), picture, notes })
}

fn columns(document: &Document, hall: &Hall) -> Result<Vec<Vec<usize>>, Unreadable> {
    let rows: Vec<_> = hall.rows.iter().map(|row| (row.points().collect(), row.aisles.as_slice())).collect();
    columns::place(&rows, hall.pitch).map_err(|index| {
        let place = hall.rows.get(index).map(|row| row.place(&document.zones)).unwrap_or_default();
        wrong!("{place}: it has more than {} seats and aisles; divide it into two rows", Plan::MAX_PLACES)
    })
}

/// Draws the places of a part of a row.
fn draw(row: &Row, run: &Run, columns: &[usize], characters: &[char]) -> String {
    let mut places = String::new();
    let mut width = 0;
    for (seat, column) in row.seats.iter().zip(columns).take(run.seats.end).skip(run.seats.start) {
        let gap = if width == 0 { Picture::NOTHING } else { Picture::AISLE };
        places.extend((width..*column).map(|_| gap));
        places.push(characters.get(seat.category).copied().unwrap_or(Picture::AISLE));
        width = column + 1;
    }
    places
}

fn shown_name(name: &str) -> String {
    let line: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_NAME).collect();
    line.trim().to_owned()
}
