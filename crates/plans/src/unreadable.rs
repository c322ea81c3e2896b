//! What is wrong with a file.

/// Why a file is no seating plan: where, and what to change, in a line for a person.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

impl Unreadable {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// Names the place of what is wrong.
pub(crate) trait At<T> {
    fn at(self, place: impl FnOnce() -> String) -> Result<T, Unreadable>;
}

impl<T> At<T> for Result<T, Unreadable> {
    fn at(self, place: impl FnOnce() -> String) -> Self {
        self.map_err(|Unreadable(reason)| Unreadable(format!("{}: {reason}", place())))
    }
}

/// Creates an error from the parts of its reason.
macro_rules! wrong {
    ($($part:tt)*) => { $crate::unreadable::Unreadable::new(format!($($part)*)) };
}

/// Returns such an error.
macro_rules! bail {
    ($($part:tt)*) => { return Err($crate::unreadable::wrong!($($part)*)) };
}

/// Returns such an error unless something holds.
macro_rules! ensure {
    ($holds:expr, $($part:tt)*) => { if !$holds { return Err($crate::unreadable::wrong!($($part)*)); } };
}
pub(crate) use {bail, ensure, wrong};
