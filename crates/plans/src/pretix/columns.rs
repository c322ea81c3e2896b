//! The columns of the seats in a picture, as near as it can be to where they are in the hall.

use ticketly_domain::Plan;

use super::document::Point;

/// The column in which a seat is, of a picture whose middle is column 0.
type Columns = Vec<i64>;

/// A pitch at which nothing is left of the aisles but a column.
const NARROWEST: f64 = 1e9;

/// Seats of a row without an aisle between them.
struct Block {
    seats: usize,
    /// The column at which the block would begin in the hall.
    ideal: f64,
}

/// Returns the column of each seat of each row: next to each other without an aisle, with one column or more between
/// them where there is one. Refuses the row with the returned index, which has too many places even so.
pub fn place(rows: &[(Vec<Point>, &[bool])], pitch: f64) -> Result<Vec<Vec<usize>>, usize> {
    for (index, (points, aisles)) in rows.iter().enumerate() {
        if points.len() + aisles.iter().filter(|aisle| **aisle).count() > Plan::MAX_PLACES {
            return Err(index);
        }
    }
    let all = || rows.iter().flat_map(|(points, _)| points).map(|point| point.x);
    let (left, right) = (all().fold(f64::MAX, f64::min), all().fold(f64::MIN, f64::max));
    let middle = f64::midpoint(left, right);
    // Drawings that are too wide get narrower aisles and edges.
    let mut scale = pitch.max((right - left) / 125.0);
    loop {
        let mut columns: Vec<Columns> =
            rows.iter().map(|(points, aisles)| columns(points, aisles, middle, scale)).collect();
        if scale > NARROWEST {
            columns.iter_mut().for_each(fit);
        }
        let all = || columns.iter().flatten().copied();
        let (first, last) = (all().min().unwrap_or_default(), all().max().unwrap_or_default());
        if last - first < whole(Plan::MAX_PLACES) {
            let column = |column: i64| usize::try_from(column - first).unwrap_or_default();
            return Ok(columns.into_iter().map(|row| row.into_iter().map(column).collect()).collect());
        }
        scale *= 1.25;
    }
}

/// Moves a row of at most as many columns as a picture has into the picture.
fn fit(columns: &mut Columns) {
    let most = whole(Plan::MAX_PLACES) / 2;
    let first = columns.first().copied().unwrap_or_default();
    let last = columns.last().copied().unwrap_or_default();
    let by = (most - 1 - last).min(0) + (-most - first).max(0);
    for column in columns {
        *column += by;
    }
}

fn columns(points: &[Point], aisles: &[bool], middle: f64, pitch: f64) -> Columns {
    let blocks = blocks(points, aisles, middle, pitch);
    let mut starts: Vec<i64> = blocks.iter().map(|block| nearest(block.ideal)).collect();
    // The block in the middle is where it is in the hall. The others make room for it, outwards.
    let center = |block: &Block| (block.ideal + (count(block.seats) - 1.0) / 2.0).abs();
    let fixed = blocks.iter().enumerate().min_by(|(_, a), (_, b)| center(a).total_cmp(&center(b)));
    let fixed = fixed.map(|(index, _)| index).unwrap_or_default();
    let mut next = None;
    for (start, block) in starts.iter_mut().zip(&blocks).skip(fixed) {
        *start = (*start).max(next.unwrap_or(*start));
        next = Some(*start + whole(block.seats) + 1);
    }
    let mut next: Option<i64> = starts.get(fixed).copied();
    for (start, block) in starts.iter_mut().zip(&blocks).take(fixed).rev() {
        *start = next.map_or(*start, |next| (*start).min(next - 1 - whole(block.seats)));
        next = Some(*start);
    }
    let seats = |(start, block): (i64, &Block)| (0..whole(block.seats)).map(move |seat| start + seat);
    starts.into_iter().zip(&blocks).flat_map(seats).collect()
}

/// Returns the blocks of a row. The distances along the row count, so that a curve is as long as it is.
fn blocks(points: &[Point], aisles: &[bool], middle: f64, pitch: f64) -> Vec<Block> {
    let off = |point: &Point| (point.x - middle).abs();
    let anchor = points.iter().enumerate().min_by(|(_, a), (_, b)| off(a).total_cmp(&off(b)));
    let Some((anchor, here)) = anchor else { return Vec::new() };
    let mut along = vec![0.0];
    for (one, next) in points.iter().zip(points.iter().skip(1)) {
        along.push(along.last().copied().unwrap_or_default() + one.distance(*next));
    }
    let origin = here.x - middle - along.get(anchor).copied().unwrap_or_default();
    let mut blocks: Vec<Block> = Vec::new();
    let mut starts_block = true;
    for (index, along) in along.iter().enumerate() {
        let column = (origin + along) / pitch;
        match blocks.last_mut().filter(|_| !starts_block) {
            Some(block) => {
                // The mean of where its seats say that it begins.
                let seats = count(block.seats);
                block.ideal = (block.ideal * seats + column - seats) / (seats + 1.0);
                block.seats += 1;
            }
            None => blocks.push(Block { seats: 1, ideal: column }),
        }
        starts_block = aisles.get(index) == Some(&true);
    }
    blocks
}

/// Returns the nearest whole number. Halves go up also when they come a little short.
fn nearest(value: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a number of seats; a greater one would be the greatest")]
    let whole = (value + 0.5 + 1e-6).floor() as i64;
    whole
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn count(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws straight rows of seats at these places, with an aisle at each gap of more than 15.
    fn drawn(rows: &[&[f64]], pitch: f64) -> Result<Vec<String>, usize> {
        let points = |row: &&[f64]| row.iter().map(|x| Point { x: *x, y: 0.0 }).collect::<Vec<_>>();
        let aisles: Vec<Vec<bool>> =
            rows.iter().map(|row| row.windows(2).map(|pair| pair[1] - pair[0] > 15.0).collect()).collect();
        let rows: Vec<_> = rows.iter().map(points).zip(aisles.iter().map(Vec::as_slice)).collect();
        let draw = |columns: Vec<usize>| {
            let mut line = String::new();
            for column in columns {
                line = format!("{line:<column$}x");
            }
            line
        };
        Ok(place(&rows, pitch)?.into_iter().map(draw).collect())
    }

    #[test]
    fn columns_are_where_the_seats_are() {
        let rows: [&[f64]; 4] =
            [&[20.0, 30.0, 60.0, 70.0], &[0.0, 10.0, 20.0, 30.0, 60.0, 70.0], &[90.0], &[0.0, 20.0]];
        assert_eq!(drawn(&rows, 10.0).unwrap(), ["  xx  xx", "xxxx  xx", "         x", "x x"]);
    }

    #[test]
    fn a_gap_less_than_a_place_is_still_an_aisle() {
        assert_eq!(drawn(&[&[0.0, 16.0, 26.0, 42.0]], 10.0).unwrap(), ["x xx x"]);
        assert_eq!(drawn(&[&[0.0, 16.0, 32.0, 48.0]], 100.0).unwrap(), ["x x x x"]);
    }

    #[test]
    fn a_wide_hall_gets_narrow_aisles() {
        let lines = drawn(&[&[0.0, 1e6], &[5e5]], 10.0).unwrap();
        assert_eq!(lines.iter().map(String::len).collect::<Vec<_>>(), [126, 63]);
        let wide: Vec<f64> = (0..64).map(|index| f64::from(index) * 20.0).collect();
        assert_eq!(drawn(&[&[1.0], &wide], 10.0), Err(1));
        let full: Vec<f64> = (0..63).map(|index| f64::from(index) * 20.0).collect();
        assert_eq!(drawn(&[&full, &[1.0]], 10.0).unwrap()[0].len(), 125);
        // The middle of the hall is in the right half of one row and in the left half of the other.
        let halves = |left: f64| -> Vec<f64> {
            (0..124).map(|index| left + f64::from(index) * 10.0 + if index < 62 { 0.0 } else { 30.0 }).collect()
        };
        let lines = drawn(&[&halves(0.0), &halves(200.0)], 10.0).unwrap();
        assert_eq!(lines.iter().map(|line| line.trim().len()).collect::<Vec<_>>(), [125, 125]);
    }
}
