//! The limits of texts and numbers, as schemas have them.

use serde_json::{Value, json};

use super::patterns;

/// Returns the schema of a text on one line.
pub(super) fn line(least: usize, most: usize, example: &str) -> Value {
    json!({ "minLength": least, "maxLength": most, "pattern": patterns::line(), "example": example })
}

/// Returns the schema of a whole number.
pub(super) fn count(least: u32, most: u32, example: u32) -> Value {
    json!({ "minimum": least, "maximum": most, "example": example })
}
