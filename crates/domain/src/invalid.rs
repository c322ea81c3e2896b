//! Invalid values.

/// A value that no rule accepts: the field, and how to correct it.
///
/// `field` is the legacy name of the field. A caller with another name for the value (a JSON pointer, a flag) replaces
/// it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct Invalid {
    /// The legacy name of the field.
    pub field: &'static str,
    /// What to give instead, as part of a sentence for a person. It never repeats the value.
    pub reason: String,
}

impl Invalid {
    pub(crate) fn new(field: &'static str, reason: impl Into<String>) -> Self {
        Self { field, reason: reason.into() }
    }
}
