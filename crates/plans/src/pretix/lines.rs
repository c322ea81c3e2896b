//! The order of the seats of a row along its line, which may be a curve.

use super::document::Point;

/// The least distance between two seats.
const MIN_DISTANCE: f64 = 1e-3;

/// Why seats have no order.
#[derive(Debug, PartialEq, Eq)]
pub enum Disorder {
    /// These two are at the same place.
    SamePlace(usize, usize),
    /// They form no line or curve.
    NoLine,
}

/// Returns the indexes of the points along the line or curve that they form, from its left end to its right end, as
/// seen with the screen in front. The order by x would be wrong where a curve turns back.
pub fn along(points: &[Point]) -> Result<Vec<usize>, Disorder> {
    let given: Vec<usize> = (0..points.len()).collect();
    let mut order = if is_smooth(points, &given) { given } else { shortest_path(points).ok_or(Disorder::NoLine)? };
    let pairs = order.iter().zip(order.iter().skip(1));
    for (one, other) in pairs {
        if let (Some(a), Some(b)) = (points.get(*one), points.get(*other))
            && a.distance(*b) < MIN_DISTANCE
        {
            return Err(Disorder::SamePlace(*one, *other));
        }
    }
    if !is_smooth(points, &order) {
        return Err(Disorder::NoLine);
    }
    if ends_at_left(points, &order) {
        order.reverse();
    }
    Ok(order)
}

/// Checks that the way through the points in this order turns by less than a right angle at each of them.
fn is_smooth(points: &[Point], order: &[usize]) -> bool {
    let way: Vec<Point> = order.iter().filter_map(|index| points.get(*index)).copied().collect();
    way.windows(3).all(|three| {
        let [a, b, c] = three else { return false };
        let ahead = (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y);
        ahead > 1e-6 * a.distance(*b) * b.distance(*c)
    })
}

/// Returns the order along the minimum spanning tree. `None` when the tree has branches.
fn shortest_path(points: &[Point]) -> Option<Vec<usize>> {
    // For each point: whether the tree has it, the nearest point of the tree, and the distance to it.
    let mut nearest: Vec<(bool, usize, f64)> = vec![(false, 0, f64::INFINITY); points.len()];
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); points.len()];
    for round in 0..points.len() {
        let outside = nearest.iter().enumerate().filter(|(_, (inside, ..))| !inside);
        let (next, from) = outside.min_by(|(_, a), (_, b)| a.2.total_cmp(&b.2)).map(|(next, found)| (next, found.1))?;
        if round > 0 {
            neighbours.get_mut(next)?.push(from);
            neighbours.get_mut(from)?.push(next);
        }
        let here = points.get(next)?;
        nearest.get_mut(next)?.0 = true;
        for (entry, point) in nearest.iter_mut().zip(points) {
            let distance = here.distance(*point);
            if !entry.0 && distance < entry.2 {
                (entry.1, entry.2) = (next, distance);
            }
        }
    }
    let mut order = vec![neighbours.iter().position(|near| near.len() == 1)?];
    let mut before = None;
    while let Some(last) = order.last().copied() {
        let near = neighbours.get(last)?;
        if near.len() > 2 {
            return None;
        }
        let Some(next) = near.iter().find(|next| Some(**next) != before) else { break };
        before = Some(last);
        order.push(*next);
    }
    Some(order)
}

/// Checks whether the second half is to the left of the first, or as far to the left and nearer to the screen.
fn ends_at_left(points: &[Point], order: &[usize]) -> bool {
    let half = order.len() / 2;
    let sum = |part: &dyn Fn(&Point) -> f64, indexes: &mut dyn Iterator<Item = &usize>| -> f64 {
        indexes.filter_map(|index| points.get(*index)).map(part).sum()
    };
    let across = |part: &dyn Fn(&Point) -> f64| {
        sum(part, &mut order.iter().rev().take(half)) - sum(part, &mut order.iter().take(half))
    };
    let x = across(&|point| point.x);
    if x.abs() < MIN_DISTANCE { across(&|point| point.y) < 0.0 } else { x < 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(points: &[(f64, f64)]) -> Vec<Point> {
        points.iter().map(|(x, y)| Point { x: *x, y: *y }).collect()
    }

    /// Three quarters of a circle, open at the top, from its left end: x turns back on both sides.
    fn horseshoe() -> Vec<Point> {
        let angle = |index: i32| (315.0 - f64::from(index) * 15.0).to_radians();
        (0..=18).map(|index| Point { x: 100.0 * angle(index).sin(), y: -100.0 * angle(index).cos() }).collect()
    }

    #[test]
    fn a_curve_is_followed_where_x_turns_back() {
        let curve = horseshoe();
        assert!(curve[1].x < curve[0].x && curve[18].x < curve[17].x);
        let straight: Vec<usize> = (0..19).collect();
        assert_eq!(along(&curve), Ok(straight.clone()));
        // The file may have them backwards or in disorder.
        let backwards: Vec<usize> = (0..19).rev().collect();
        let mixed: Vec<usize> = (0..19).map(|index| index * 7 % 19).collect();
        for indexes in [backwards, mixed] {
            let shuffled: Vec<Point> = indexes.iter().map(|index| curve[*index]).collect();
            let order = along(&shuffled).unwrap();
            assert_eq!(order.iter().map(|index| indexes[*index]).collect::<Vec<_>>(), straight);
        }
    }

    #[test]
    fn a_side_row_begins_at_the_screen() {
        assert_eq!(along(&points(&[(5.0, 9.0), (5.0, 6.0), (5.0, 3.0)])), Ok(vec![2, 1, 0]));
        assert_eq!(along(&points(&[(8.0, 1.0)])), Ok(vec![0]));
    }

    #[test]
    fn two_lines_or_one_place_have_no_order() {
        let square = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
        assert_eq!(along(&points(&square)), Err(Disorder::NoLine));
        let cross = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (1.0, 1.0), (1.0, -1.0)];
        assert_eq!(along(&points(&cross)), Err(Disorder::NoLine));
        assert_eq!(along(&points(&[(4.0, 2.0), (4.0, 2.0)])), Err(Disorder::SamePlace(0, 1)));
        assert_eq!(along(&points(&[(4.0, 2.0), (5.0, 2.0), (4.0, 2.0)])), Err(Disorder::SamePlace(0, 2)));
    }
}
