//! A seating plan as a picture.

use std::fmt::Write as _;

use maud::{Markup, html};
use ticketly_domain::{Picture, Plan};

use super::area::Area;
use crate::locale::texts;

/// The width and height of a place.
const PITCH: usize = 10;
/// The width of a seat: the rest of its place is the gap to the next.
const SEAT: usize = 8;
/// The space for the labels of the rows.
const MARGIN: usize = 30;
/// The number of colours for zones.
const COLOURS: usize = 6;

/// Draws a plan, with the labels of its rows. What it shows is said in words beside it.
pub(super) fn draw(area: &Area, plan: &Plan) -> Markup {
    let picture = plan.picture();
    let (width, height) = (width(picture), picture.rows.len() * PITCH);
    html! {
        svg.plan viewBox=(format!("0 0 {} {}", width + 2 * MARGIN, height + 2 * PITCH)) role="img"
            aria-label=(area.say(texts::MANAGE_PLAN_PICTURE)) {
            path.screen d=(format!("M{MARGIN} 5h{width}")) {}
            @for (index, row) in picture.rows.iter().enumerate() {
                text x=(MARGIN - 8) y=(index * PITCH + PITCH + SEAT) { (row.row) }
            }
            (seats(plan, MARGIN, PITCH))
        }
    }
}

/// Draws a plan small, without labels.
pub(super) fn thumbnail(plan: &Plan) -> Markup {
    let picture = plan.picture();
    html! {
        svg.plan viewBox=(format!("0 0 {} {}", width(picture), picture.rows.len() * PITCH)) aria-hidden="true" {
            (seats(plan, 0, 0))
        }
    }
}

fn width(picture: &Picture) -> usize {
    picture.rows.iter().map(|row| row.places.chars().count()).max().unwrap_or_default() * PITCH
}

/// Draws the seats, those of a word of the legend as one path: a dash for each seat.
fn seats(plan: &Plan, left: usize, top: usize) -> Markup {
    let words = kinds(plan);
    html! {
        @for (character, _, class) in &words {
            path.(class) d=(path(plan.picture(), *character, left, top)) stroke-width=(SEAT)
                stroke-dasharray=(format!("{SEAT} {}", PITCH - SEAT)) {}
        }
    }
}

/// Returns the characters of the legend with their words and the classes of their colours.
fn kinds(plan: &Plan) -> Vec<(char, &str, String)> {
    let class = |word: &str| match plan.zones().iter().position(|zone| zone == word) {
        Some(zone) => format!("zone-{}", zone % COLOURS),
        None => word.to_owned(),
    };
    plan.picture().legend.iter().map(|(character, word)| (*character, word.as_str(), class(word))).collect()
}

fn path(picture: &Picture, wanted: char, left: usize, top: usize) -> String {
    let mut path = String::new();
    for (index, row) in picture.rows.iter().enumerate() {
        let y = index * PITCH + top + PITCH / 2;
        let mut run = 0;
        for (column, place) in row.places.chars().chain([Picture::NOTHING]).enumerate() {
            if place == wanted {
                run += 1;
            } else if run > 0 {
                // Writing to a `String` does not fail.
                let _ = write!(path, "M{} {y}h{}", left + (column - run) * PITCH, run * PITCH - (PITCH - SEAT));
                run = 0;
            }
        }
    }
    path
}

/// Says how many seats a plan has, of each kind too.
pub(super) fn summary(area: &Area, plan: &Plan) -> Markup {
    let count = |wanted: char| {
        let places = plan.picture().rows.iter().flat_map(|row| row.places.chars());
        places.filter(|place| *place == wanted).count()
    };
    let numbers = [("seats", plan.seats().into()), ("rows", plan.rows().len().into())];
    html! {
        p { strong { (area.words.tell(texts::MANAGE_PLAN_SUMMARY, numbers)) } }
        ul.kinds {
            @for (character, word, class) in kinds(plan) {
                li {
                    svg.plan viewBox="0 0 8 8" aria-hidden="true" { path.(class) d="M0 4h8" stroke-width="8" {} }
                    code { (character) } " " (name_of(area, word)) ": " (count(character))
                }
            }
        }
    }
}

/// Returns the name of a word of a legend. Those of zones are the cinema's.
pub(super) fn name_of(area: &Area, word: &str) -> String {
    match word {
        "wheelchair" => area.say(texts::MANAGE_PLAN_WHEELCHAIR),
        "companion" => area.say(texts::MANAGE_PLAN_COMPANION),
        zone => zone.to_owned(),
    }
}
