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

/// Returns the places where `count` set bits begin.
pub(super) fn starts(bits: u128, count: u32) -> u128 {
    let (mut starts, mut length) = (bits, 1);
    while length < count && starts != 0 {
        let step = length.min(count - length);
        starts &= starts.checked_shr(step).unwrap_or_default();
        length += step;
    }
    starts
}
