//! Places of a row as bits of a number.

/// Returns the indexes of the bits that are set, from the lowest.
pub(super) fn bits_of(bits: u128) -> impl Iterator<Item = u32> {
    std::iter::successors(Some(bits), |bits| Some(bits & bits.wrapping_sub(1)))
        .take_while(|bits| *bits != 0)
        .map(u128::trailing_zeros)
}

/// Returns the lowest `count` bits, all set.
pub(super) const fn ones(count: u32) -> u128 {
    if count >= u128::BITS { u128::MAX } else { (1 << count) - 1 }
}

/// Returns the run of ones around a bit that is set: the index of its first one, and its length.
pub(super) const fn run_around(bits: u128, index: u32) -> (u32, u32) {
    let before = (bits << (u128::BITS - 1 - index)).leading_ones() - 1;
    (index - before, before + (bits >> index).trailing_ones())
}

/// Returns the indexes from which `length` bits have exactly `count` ones.
pub(super) fn starts_with_ones(bits: u128, length: u32, count: u32) -> u128 {
    // A number for each index: the first element has the lowest digits of all.
    let mut sums = [0_u128; 8];
    for by in 0..length {
        let mut carry = bits.checked_shr(by).unwrap_or_default();
        for digits in &mut sums {
            if carry == 0 {
                break;
            }
            (*digits, carry) = (*digits ^ carry, *digits & carry);
        }
    }
    let equal = (0..8).zip(sums).map(|(digit, digits)| if count >> digit & 1 == 1 { digits } else { !digits });
    equal.fold(u128::MAX, |all, equal| all & equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ones_are_counted_from_each_index() {
        let bits = 0b1_1011_0111;
        let naive = |length, count| {
            (0..128).filter(|by| ((bits >> by) & ones(length)).count_ones() == count).fold(0, |all, by| all | 1 << by)
        };
        for (length, count) in [(1, 0), (1, 1), (2, 2), (4, 3), (7, 5), (128, 7), (128, 8)] {
            assert_eq!(starts_with_ones(bits, length, count), naive(length, count), "{count} of {length}");
        }
        assert_eq!([0, 5, 8].map(|index| run_around(bits, index)), [(0, 3), (4, 2), (7, 2)]);
        assert_eq!((run_around(u128::MAX, 7), run_around(1 << 127, 127)), ((0, 128), (127, 1)));
    }
}
