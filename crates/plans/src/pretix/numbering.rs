//! The numbers of a row, as runs with a constant step.

use std::ops::Range;

/// Seats of a row whose numbers have a constant step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The indexes of the seats.
    pub seats: Range<usize>,
    pub from: i32,
    /// 1, -1, 2 or -2.
    pub step: i32,
}

impl Run {
    /// Returns the number of the last seat.
    pub fn last(&self) -> i32 {
        let steps = i32::try_from(self.seats.len().saturating_sub(1)).unwrap_or(i32::MAX);
        self.from.saturating_add(self.step.saturating_mul(steps))
    }
}

/// Divides numbers into the fewest runs, and of these ways the one with the fewest ends that are not at an aisle.
/// `aisles` says for each number but the last whether an aisle follows.
pub fn runs(numbers: &[i32], aisles: &[bool]) -> Vec<Run> {
    // For each count of numbers: the costs of the best way to divide that many, and its last run.
    let mut best: Vec<((usize, usize), Option<Run>)> = vec![((0, 0), None)];
    for end in 1..=numbers.len() {
        let mut found: Option<((usize, usize), Option<Run>)> = None;
        let mut step = None;
        for start in (0..end).rev() {
            let Some(from) = numbers.get(start).copied() else { break };
            if let Some(next) = numbers.get(start + 1).filter(|_| start + 1 < end) {
                let difference = next.saturating_sub(from);
                if !matches!(difference, -2 | -1 | 1 | 2) || *step.get_or_insert(difference) != difference {
                    break;
                }
            }
            let Some(((runs, cuts), _)) = best.get(start) else { break };
            let is_cut = start > 0 && aisles.get(start - 1) != Some(&true);
            let costs = (runs + 1, cuts + usize::from(is_cut));
            if found.as_ref().is_none_or(|(least, _)| costs < *least) {
                found = Some((costs, Some(Run { seats: start..end, from, step: step.unwrap_or(1) })));
            }
        }
        best.extend(found);
    }
    let mut runs = Vec::new();
    let mut end = numbers.len();
    while let Some(run) = best.get(end).and_then(|(_, run)| run.clone()) {
        end = run.seats.start;
        runs.push(run);
    }
    runs.reverse();
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Divides numbers, with `0` for an aisle.
    fn divided(drawn: &[i32]) -> Vec<(usize, i32, i32)> {
        let numbers: Vec<i32> = drawn.iter().copied().filter(|number| *number != 0).collect();
        let aisles: Vec<bool> = drawn.windows(2).filter(|pair| pair[0] != 0).map(|pair| pair[1] == 0).collect();
        runs(&numbers, &aisles).into_iter().map(|run| (run.seats.len(), run.from, run.step)).collect()
    }

    #[test]
    fn numbers_are_divided_where_the_step_changes() {
        assert_eq!(divided(&[1, 2, 0, 3, 4]), [(4, 1, 1)]);
        assert_eq!(divided(&[9, 7, 5, 0, 3, 1]), [(5, 9, -2)]);
        assert_eq!(divided(&[24, 23, 22]), [(3, 24, -1)]);
        assert_eq!(divided(&[1, 2, 3, 4, 5, 0, 7, 8, 9, 10]), [(5, 1, 1), (4, 7, 1)]);
        assert_eq!(divided(&[5, 3, 1, 2, 4, 6]), [(3, 5, -2), (3, 2, 2)]);
        assert_eq!(divided(&[7]), [(1, 7, 1)]);
        assert_eq!(divided(&[3, 30, 300]).len(), 3);
    }

    #[test]
    fn numbers_are_divided_at_the_aisle_if_possible() {
        assert_eq!(divided(&[1, 0, 3, 4, 5]), [(1, 1, 1), (3, 3, 1)]);
        assert_eq!(divided(&[1, 2, 4, 0, 5, 6, 7]), [(2, 1, 1), (4, 4, 1)]);
    }
}
