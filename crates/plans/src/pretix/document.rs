//! The JSON of pretix, read and checked.

use serde_json::Value;
use ticketly_domain::Plan;

use super::names::shown;
use crate::unreadable::{At, Unreadable, bail, ensure, wrong};

/// What pretix's editor draws for the screen, in the languages of its users.
const SCREENS: [&str; 11] =
    ["screen", "stage", "leinwand", "bühne", "buehne", "podium", "écran", "scène", "pantalla", "escenario", "schermo"];

/// A point on the ground: x from left to right and y away from the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

impl Point {
    /// The greatest distance from the origin along an axis.
    const MAX: f64 = 1e6;

    fn plus(self, other: Self) -> Self {
        Self { x: self.x + other.x, y: self.y + other.y }
    }

    /// Returns the distance to another point.
    pub fn distance(self, other: Self) -> f64 {
        // Not `hypot`, which needs a newer C library than Amazon Linux 2023 has.
        ((self.x - other.x).powi(2) + (self.y - other.y).powi(2)).sqrt()
    }
}

/// A seating plan of pretix.
#[derive(Debug)]
pub struct Document {
    pub name: String,
    /// The names of the categories.
    pub categories: Vec<String>,
    /// The names of the zones, for messages too.
    pub zones: Vec<String>,
    /// The rows that have seats, in the order of the file.
    pub rows: Vec<DocumentRow>,
    /// Text of the area that is the screen, when it lies behind all seats.
    pub screen_behind: Option<String>,
}

#[derive(Debug)]
pub struct DocumentRow {
    /// The index of the zone.
    pub zone: usize,
    pub label: String,
    pub seats: Vec<DocumentSeat>,
}

#[derive(Debug, Clone, Copy)]
pub struct DocumentSeat {
    pub number: i32,
    /// The index of the category.
    pub category: usize,
    pub at: Point,
}

impl Document {
    /// Reads a plan. An error names the zone, the row and the seat.
    pub fn read(value: &Value) -> Result<Self, Unreadable> {
        let zones = list(value, "zones").at(|| "it is not a seating plan of pretix".to_owned())?;
        let mut document = Self {
            name: text(value, "name").unwrap_or_default(),
            categories: Vec::new(),
            zones: Vec::new(),
            rows: Vec::new(),
            screen_behind: None,
        };
        for (index, category) in list(value, "categories")?.iter().enumerate() {
            let name = text(category, "name").ok_or_else(|| wrong!("category {}: give a name", index + 1))?;
            document.categories.push(name);
        }
        let mut screens = Vec::new();
        let mut seats = 0;
        for (index, zone) in zones.iter().enumerate() {
            let name = text(zone, "name").unwrap_or_else(|| (index + 1).to_string());
            let place = format!("zone {}", shown(&name));
            document.zones.push(name);
            let origin = position(zone).at(|| place.clone())?;
            for (row, value) in list(zone, "rows").at(|| place.clone())?.iter().enumerate() {
                let row = read_row(value, index, row, origin, &document.categories).at(|| place.clone())?;
                seats += row.seats.len();
                if !row.seats.is_empty() {
                    document.rows.push(row);
                }
            }
            screens.extend(
                zone.get("areas")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(screen)
                    .map(|(text, at)| (text, at.plus(origin))),
            );
        }
        ensure!(seats > 0, "there is no seat in it");
        ensure!(
            seats <= usize::from(Plan::MAX_SEATS),
            "it has {seats} seats; a plan has at most {}, so import the parts of the hall one by one",
            Plan::MAX_SEATS
        );
        document.turn_to(&screens);
        Ok(document)
    }

    /// Turns the hall by half if its only screens lie behind all seats.
    fn turn_to(&mut self, screens: &[(String, Point)]) {
        let seats = || self.rows.iter().flat_map(|row| &row.seats);
        let behind = |screen: &Point| seats().all(|seat| seat.at.y < screen.y);
        let Some((text, _)) = screens.first() else { return };
        if screens.iter().all(|(_, at)| behind(at)) {
            self.screen_behind = Some(text.clone());
            for seat in self.rows.iter_mut().flat_map(|row| &mut row.seats) {
                // Not -0.0.
                seat.at = Point { x: 0.0 - seat.at.x, y: 0.0 - seat.at.y };
            }
        }
    }
}

impl DocumentRow {
    /// Returns the name of the row for a message.
    pub fn place(&self, zones: &[String]) -> String {
        let zone = zones.get(self.zone).map(|zone| shown(zone)).unwrap_or_default();
        format!("zone {zone}: row {}", shown(&self.label))
    }
}

fn read_row(
    value: &Value,
    zone: usize,
    index: usize,
    origin: Point,
    categories: &[String],
) -> Result<DocumentRow, Unreadable> {
    let label = text(value, "row_number").or_else(|| text(value, "row_label"));
    let place = format!("row {}", label.as_ref().map_or_else(|| format!("{} of the list", index + 1), |it| shown(it)));
    let mut row = DocumentRow { zone, label: String::new(), seats: Vec::new() };
    let read = || -> Result<DocumentRow, Unreadable> {
        // The schema lets a row go without a position.
        let origin = if given(value, "position").is_some() { origin.plus(position(value)?) } else { origin };
        for (index, seat) in list(value, "seats")?.iter().enumerate() {
            let name = text(seat, "seat_number");
            let name = name.map_or_else(|| format!("{} of the list", index + 1), |name| shown(&name));
            row.seats.push(read_seat(seat, origin, categories).at(|| format!("seat {name}"))?);
        }
        if !row.seats.is_empty() {
            row.label = label.ok_or_else(|| wrong!("give a row_number"))?;
        }
        Ok(row)
    };
    read().at(|| place)
}

fn read_seat(value: &Value, origin: Point, categories: &[String]) -> Result<DocumentSeat, Unreadable> {
    let number = text(value, "seat_number").and_then(|number| number.parse().ok());
    let number = number.filter(|number| (1..=Plan::MAX_NUMBER).contains(number));
    let number = number.ok_or_else(|| wrong!("give a seat_number from 1 to {}", Plan::MAX_NUMBER))?;
    let category = text(value, "category").ok_or_else(|| wrong!("give a category"))?;
    let Some(category) = categories.iter().position(|name| *name == category) else {
        bail!("the category {} is not in the list of categories", shown(&category));
    };
    Ok(DocumentSeat { number, category, at: origin.plus(position(value)?) })
}

/// Reads an area, if its text says that it is the screen: the text and the middle.
fn screen(area: &Value) -> Option<(String, Point)> {
    let text = text(area.get("text")?, "text")?;
    let words = text.to_lowercase();
    SCREENS.iter().any(|screen| words.contains(screen)).then_some(())?;
    let height = area.get("rectangle").and_then(|shape| shape.get("height")).and_then(Value::as_f64);
    Some((text, position(area).ok()?.plus(Point { x: 0.0, y: height.unwrap_or_default() / 2.0 })))
}

fn given<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

/// Returns a field with text or with a whole number, without spaces around it. `None` when it is empty.
fn text(object: &Value, name: &str) -> Option<String> {
    let text = match given(object, name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) if number.is_u64() => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn list<'a>(object: &'a Value, name: &str) -> Result<&'a Vec<Value>, Unreadable> {
    object.get(name).and_then(Value::as_array).ok_or_else(|| wrong!("give a list of {name}"))
}

fn position(object: &Value) -> Result<Point, Unreadable> {
    let part = |name| given(object, "position").and_then(|position| position.get(name)).and_then(Value::as_f64);
    let (Some(x), Some(y)) = (part("x"), part("y")) else { bail!("give a position with the numbers x and y") };
    let is_near = |part: f64| part.abs() <= Point::MAX;
    ensure!(is_near(x) && is_near(y), "its position is more than {} from the origin", Point::MAX);
    Ok(Point { x, y })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn positions_add_up_and_the_screen_is_in_front() {
        let zone = json!({ "name": "Stalls", "position": { "x": 100, "y": 20.5 }, "rows": [
            { "row_number": "A", "position": { "x": 10, "y": 2 }, "seats": [
                { "seat_number": "3", "category": "x", "position": { "x": 1, "y": 0.25 } } ] },
            { "row_number": "B", "seats": [
                { "seat_number": 4, "category": "x", "position": { "x": 7, "y": 50 } } ] },
            { "row_number": "C", "seats": [] } ],
            "areas": [] });
        let mut plan = json!({ "name": "Hall", "categories": [{ "name": "x" }], "zones": [zone] });
        let points = |plan: &Value| {
            let document = Document::read(plan).unwrap();
            let seats = document.rows.iter().flat_map(|row| row.seats.iter().map(|seat| (seat.at.x, seat.at.y)));
            (document.screen_behind.clone(), seats.collect::<Vec<_>>())
        };
        assert_eq!(points(&plan), (None, vec![(111.0, 22.75), (107.0, 70.5)]));
        let screen = |y: i32| json!([{ "position": { "x": 0, "y": y }, "text": { "text": "LEINWAND" } }]);
        plan["zones"][0]["areas"] = screen(-10);
        assert_eq!(points(&plan).0, None);
        plan["zones"][0]["areas"] = screen(60);
        assert_eq!(points(&plan), (Some("LEINWAND".to_owned()), vec![(-111.0, -22.75), (-107.0, -70.5)]));
    }
}
