/// A value that no rule could ever accept: which field, and how to mend it.
///
/// `field` is the seeds' own name of the field; a caller that knows the value under another name (a JSON pointer, a
/// flag) says so itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct Invalid {
    /// The field, in the seeds' vocabulary.
    pub field: &'static str,
    /// What is wrong and what would be right, as half a sentence for a person. It never repeats the value.
    pub reason: String,
}

impl Invalid {
    pub(crate) fn new(field: &'static str, reason: impl Into<String>) -> Self {
        Self { field, reason: reason.into() }
    }
}
