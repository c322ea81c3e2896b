//! Seating plans, as pictures in text.

use std::collections::BTreeMap;
use std::sync::Arc;

use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{Invalid, Picture, PictureRow, Plan};

use ticketly_http::fields::{Field, Object, Optional, Validator};

/// The greatest length of a body with a plan: 500 rows of 126 places, each of them escaped as `\u0000`.
pub(super) const LIMIT: usize = 512 * 1024;

/// What the characters of a picture mean.
pub(super) type Legend = BTreeMap<String, String>;

/// A row of a plan.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct PlanRow {
    /// The label of the row.
    row: String,
    /// The number of the first seat at the left.
    from: i32,
    /// The difference between the numbers of two seats.
    step: i32,
    /// The places from left to right: characters of the legend, `_` for an aisle, or a space.
    places: String,
}

impl PlanRow {
    pub(super) fn of(row: &PictureRow) -> Self {
        let PictureRow { row, from, step, places } = row.clone();
        Self { row, from, step, places }
    }
}

/// A row of a plan, in a request.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(default, deny_unknown_fields)]
pub struct PlanRowRequest {
    /// The label of the row: 1 to 4 capital letters or digits.
    row: Field<String>,
    /// The number of the first seat at the left; 1 unless given.
    from: Optional<i32>,
    /// The difference between the numbers of two seats; 1 unless given.
    step: Optional<i32>,
    /// The places from left to right: characters of the legend, `_` for an aisle, or a space.
    places: Field<String>,
}

impl PlanRowRequest {
    fn read(self, index: usize, check: &mut Validator<'_>) -> Option<PictureRow> {
        let name = |member: &str| format!("rows/{index}/{member}");
        let row = check.required(&name("row"), self.row, Ok);
        let from = check.optional(&name("from"), self.from, Ok);
        let step = check.optional(&name("step"), self.step, Ok);
        let places = check.required(&name("places"), self.places, Ok);
        Some(PictureRow { row: row?, from: from.unwrap_or(1), step: step.unwrap_or(1), places: places? })
    }
}

/// Reads a plan. Reports what is wrong with it at the member of the picture or of its row.
pub(super) fn plan(
    check: &mut Validator<'_>,
    focus: Optional<Vec<f64>>,
    legend: Field<Legend>,
    rows: Vec<Object<PlanRowRequest>>,
) -> Option<Arc<Plan>> {
    let has_focus = focus.is_given();
    let focus = check.optional("focus", focus, |parts| {
        <[f64; 2]>::try_from(parts).map_err(|_| invalid("focus", "give two numbers from 0 to 1"))
    });
    let legend = check.required("legend", legend, |legend| {
        let character = |(key, word): (String, String)| Some((key.parse().ok()?, word));
        legend
            .into_iter()
            .map(character)
            .collect::<Option<BTreeMap<char, _>>>()
            .ok_or_else(|| invalid("legend", "give a single character for each word"))
    });
    let rows: Vec<_> = rows.into_iter().enumerate().map(|(index, Object(row))| row.read(index, check)).collect();
    if has_focus && focus.is_none() {
        return None;
    }
    let picture = Picture { focus, legend: legend?, rows: rows.into_iter().collect::<Option<_>>()? };
    match Plan::read(picture) {
        Ok(plan) => Some(Arc::new(plan)),
        Err(error) => {
            let field = error.field();
            let member = error.row.map_or_else(|| field.to_owned(), |row| format!("rows/{row}/{field}"));
            check.refuse(&member, error.to_string());
            None
        }
    }
}

fn invalid(field: &'static str, reason: &str) -> Invalid {
    Invalid { field, reason: reason.to_owned() }
}
