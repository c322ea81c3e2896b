//! The box of a seat.

use maud::Render;
use ticketly_domain::{Seat, SeatKind, SeatNo, SeatState, SeatStates};

use super::Options;
use super::names::Names;

/// A seat as it is drawn. Its texts are written when it is, since a page has hundreds of seats.
pub(super) struct SeatBox<'a> {
    pub seat: Seat<'a>,
    state: SeatState,
    is_own: bool,
    pub is_free: bool,
    pub is_chosen: bool,
    names: &'a Names<'a>,
}

impl<'a> SeatBox<'a> {
    /// Returns the box of a seat. `None` for a number that the plan does not have.
    pub(super) fn of(
        no: SeatNo,
        state: SeatState,
        states: &SeatStates<'a>,
        names: &'a Names<'a>,
        options: Options<'_>,
    ) -> Option<Self> {
        let seat = states.plan().seat(no)?;
        let is_own = options.own.contains(&no);
        let is_free = is_own || state == SeatState::Free;
        let is_chosen = !options.chosen.is_empty() && {
            let label = format!("{}{}", seat.row, seat.number);
            options.chosen.iter().any(|chosen| chosen.eq_ignore_ascii_case(&label))
        };
        Some(Self { seat, state, is_own, is_free, is_chosen, names })
    }

    /// Returns its looks, if it has other ones than a free seat.
    pub(super) fn classes(&self) -> Option<Joined<'a, 5>> {
        let kind = match self.seat.kind {
            SeatKind::Standard => None,
            SeatKind::Wheelchair => Some("w"),
            SeatKind::Companion => Some("c"),
        };
        let classes = [
            kind,
            self.names.look(self.seat.zone),
            (!self.is_free && self.state == SeatState::Held).then_some("h"),
            (!self.is_free && self.is_chosen).then_some("lost"),
            self.is_own.then_some("own"),
        ];
        classes.iter().any(Option::is_some).then_some(Joined::between(" ", classes))
    }

    /// Returns what follows its label in its name: what it is, what it costs, and, last, why it cannot be chosen.
    pub(super) fn rest_of_name(&self) -> Joined<'a, 4> {
        let gone = (!self.is_free).then_some(self.state);
        Joined::before(", ", self.names.of_seat(self.seat, gone, (self.is_own, self.is_chosen)))
    }
}

/// Those parts of a text that there are.
pub(super) struct Joined<'a, const N: usize> {
    separator: &'static str,
    leads: bool,
    parts: [Option<&'a str>; N],
}

impl<'a, const N: usize> Joined<'a, N> {
    /// Separates parts from each other.
    const fn between(separator: &'static str, parts: [Option<&'a str>; N]) -> Self {
        Self { separator, leads: false, parts }
    }

    /// Separates parts from each other, and from what is before them.
    const fn before(separator: &'static str, parts: [Option<&'a str>; N]) -> Self {
        Self { separator, leads: true, parts }
    }
}

impl<const N: usize> Render for Joined<'_, N> {
    fn render_to(&self, text: &mut String) {
        let mut separates = self.leads;
        for part in self.parts.into_iter().flatten() {
            if separates {
                self.separator.render_to(text);
            }
            part.render_to(text);
            separates = true;
        }
    }
}
