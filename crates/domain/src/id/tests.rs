//! Tests of identifiers as texts.

use super::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

const NOW: DateTime<Utc> = DateTime::from_timestamp(1_604_233_320, 0).unwrap();

fn booking(rng: &mut StdRng) -> BookingKey {
    BookingKey { slot: SlotId::mint(NOW, rng), no: BookingNo::mint(NOW, rng) }
}

#[test]
fn every_displayed_identifier_parses() {
    let rng = &mut StdRng::seed_from_u64(1);
    let key = booking(rng);
    let secret = Secret::mint(rng);
    let ticket = TicketId { booking: key, index: 9, secret };
    let shown = ticket.to_string();
    assert_eq!((shown.len(), &shown[..3]), (44, "TKT"));
    assert_eq!(shown.parse(), Ok(ticket));
    let booking = BookingId { key, secret };
    assert_eq!(booking.to_string().parse(), Ok(booking));
    assert_eq!(key.slot.to_string().parse(), Ok(key.slot));
    let user = UserId::from_hash(&[0xAB; 32]);
    assert_eq!(user.to_string().len(), 21);
    assert_eq!(user.to_string().parse(), Ok(user));
}

#[test]
fn the_number_of_a_booking_is_read_out_in_groups() {
    let no = BookingNo::mint(NOW, &mut StdRng::seed_from_u64(9));
    let shown = no.to_string();
    assert_eq!((shown.len(), shown.split('-').map(str::len).collect::<Vec<_>>()), (14, vec![4, 4, 4]));
    for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', " "), shown.replace('-', "")] {
        assert_eq!(typed.parse(), Ok(no), "{typed}");
    }
    for wrong in ["", "0000-0000-000", "0000-0000-00000", "0000-0000-000U"] {
        assert!(wrong.parse::<BookingNo>().is_err(), "{wrong}");
    }
}

#[test]
fn an_identifier_in_an_auditorium_has_a_digit_more() {
    let rng = &mut StdRng::seed_from_u64(4);
    let key = BookingKey { slot: SlotId::mint_seated(NOW, rng), no: BookingNo::mint(NOW, rng) };
    let secret = Secret::mint(rng);
    let texts = [
        key.slot.to_string(),
        BookingId { key, secret }.to_string(),
        TicketId { booking: key, index: 31, secret }.to_string(),
    ];
    assert_eq!(texts.each_ref().map(String::len), [14, 42, 45]);
    assert_eq!(texts[0].parse(), Ok(key.slot));
    assert_eq!(texts[1].parse(), Ok(BookingId { key, secret }));
    assert_eq!(texts[2].parse(), Ok(TicketId { booking: key, index: 31, secret }));
    assert_eq!(texts[0].replacen('1', "0", 1).parse::<SlotId>(), Err(NotAnId), "13 digits of a slot without seats");
    assert_eq!(texts[0].replacen('1', "2", 1).parse::<SlotId>(), Err(NotAnId));
    assert_eq!(SlotId::from_u64(key.slot.as_u64()), Some(key.slot));
}

#[test]
fn texts_of_another_length_or_kind_are_no_identifiers() {
    let rng = &mut StdRng::seed_from_u64(2);
    let id = BookingId { key: booking(rng), secret: Secret::mint(rng) }.to_string();
    for wrong in ["", "B", "TKT331086", "713396", &id[1..], &id[..40], &format!("{id}0"), &format!("TKT0{id}")] {
        assert_eq!(wrong.parse::<BookingId>(), Err(NotAnId), "{wrong}");
        assert_eq!(wrong.parse::<TicketId>(), Err(NotAnId), "{wrong}");
    }
}

#[test]
fn a_secret_is_random_and_redacted_in_debug_output() {
    let rng = &mut StdRng::seed_from_u64(3);
    let (mut ones, mut zeros) = ([0u8; 10], [0u8; 10]);
    for _ in 0..64 {
        for (index, byte) in Secret::mint(rng).as_bytes().iter().enumerate() {
            ones[index] |= byte;
            zeros[index] |= !byte;
        }
    }
    assert_eq!((ones, zeros), ([0xFF; 10], [0xFF; 10]));
    let secret = Secret::mint(rng);
    let ticket = TicketId { booking: booking(rng), index: 0, secret };
    let tail = ticket.to_string().split_off(28);
    assert!(!format!("{ticket:?}").contains(&tail));
    assert!(!format!("{secret:?}").contains(&format!("{}", secret.as_bytes()[0])));
}
