//! The operations of a replay.

use proptest::collection::vec;
use proptest::prelude::*;

use super::PROGRAMME;

/// The slot that an operation is about.
#[derive(Debug, Clone)]
pub(super) enum Choice {
    Slot(usize),
    /// The name and start of this slot.
    NameAndStart(usize),
    Unknown,
}

/// An operation of a replay.
#[derive(Debug, Clone)]
pub(super) enum Operation {
    Book {
        user: u8,
        count: u8,
        choice: Choice,
        /// One of the blocks, if the box office asks.
        block: Option<usize>,
        /// Whether the box office, if it asks, takes money.
        paid: bool,
        key: Option<u8>,
    },
    /// Blocks the seats of a slot whose bits are set, for good or for some minutes.
    Block {
        slot: usize,
        seats: u8,
        minutes: Option<u16>,
    },
    DeleteBlock(usize),
    /// Gives a slot prices, or makes it free.
    SetPrices {
        slot: usize,
        free: bool,
    },
    Move {
        ticket: usize,
        choice: Choice,
        key: Option<u8>,
    },
    Cancel {
        ticket: usize,
        key: Option<u8>,
    },
    /// Cancels a ticket with a wrong secret.
    CancelByGuess {
        ticket: usize,
    },
    Hold {
        count: u8,
        choice: Choice,
        key: Option<u8>,
    },
    /// Confirms, extends or releases one of the holds.
    Confirm {
        hold: usize,
        user: u8,
        paid: bool,
        key: Option<u8>,
    },
    Extend {
        hold: usize,
        key: Option<u8>,
    },
    Release {
        hold: usize,
        key: Option<u8>,
    },
    /// Cancels a ticket of a hold, which is no ticket yet.
    CancelHeld(usize),
    /// Sends an earlier operation with its idempotency key again.
    Repeat(usize),
    Wait {
        minutes: u16,
    },
    /// Waits for so many minutes, in which holds lapse.
    WaitShortly(u8),
    /// Changes the channel of the following requests between the public and the box office.
    SwitchChannel,
    Expire,
    Archive,
    /// Cancels a slot and its bookings.
    CancelSlot(usize),
}

/// Returns series of operations.
pub(super) fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let choice = prop_oneof![
        8 => (0..PROGRAMME.len()).prop_map(Choice::Slot),
        8 => (0..PROGRAMME.len()).prop_map(Choice::NameAndStart),
        1 => Just(Choice::Unknown),
    ];
    let key = || prop_oneof![2 => Just(None), 1 => (0_u8..4).prop_map(Some)];
    let block = || prop_oneof![2 => Just(None), 1 => any::<usize>().prop_map(Some)];
    let booking = (0_u8..3, 1_u8..=4, choice.clone(), block(), any::<bool>(), key());
    let minutes = prop_oneof![Just(None), (1_u16..720).prop_map(Some)];
    // The slots in auditoriums have the greatest identifiers.
    let last = PROGRAMME.len() - 1;
    let hall = prop_oneof![1 => Just(0), 4 => Just(last - 1), 4 => Just(last)];
    let blocking = (hall, 1_u8.., minutes);
    let operation = prop_oneof![
        6 => booking.prop_map(|(user, count, choice, block, paid, key)| Operation::Book { user, count, choice, block, paid, key }),
        4 => blocking.prop_map(|(slot, seats, minutes)| Operation::Block { slot, seats, minutes }),
        1 => any::<usize>().prop_map(Operation::DeleteBlock),
        3 => (0..PROGRAMME.len(), any::<bool>()).prop_map(|(slot, free)| Operation::SetPrices { slot, free }),
        6 => (any::<usize>(), choice.clone(), key()).prop_map(|(ticket, choice, key)| Operation::Move { ticket, choice, key }),
        4 => (any::<usize>(), key()).prop_map(|(ticket, key)| Operation::Cancel { ticket, key }),
        1 => any::<usize>().prop_map(|ticket| Operation::CancelByGuess { ticket }),
        6 => (1_u8..=4, choice.clone(), key()).prop_map(|(count, choice, key)| Operation::Hold { count, choice, key }),
        5 => (any::<usize>(), 0_u8..3, any::<bool>(), key()).prop_map(|(hold, user, paid, key)| Operation::Confirm { hold, user, paid, key }),
        3 => (any::<usize>(), key()).prop_map(|(hold, key)| Operation::Extend { hold, key }),
        2 => (any::<usize>(), key()).prop_map(|(hold, key)| Operation::Release { hold, key }),
        1 => any::<usize>().prop_map(Operation::CancelHeld),
        5 => (1_u8..20).prop_map(Operation::WaitShortly),
        4 => any::<usize>().prop_map(Operation::Repeat),
        4 => (0_u16..720).prop_map(|minutes| Operation::Wait { minutes }),
        2 => Just(Operation::SwitchChannel),
        2 => Just(Operation::Expire),
        2 => Just(Operation::Archive),
        1 => (0..PROGRAMME.len()).prop_map(Operation::CancelSlot),
    ];
    vec(operation, 1..60)
}
