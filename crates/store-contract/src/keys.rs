//! The keys of those who may sell: each with a label, as many as are wanted up to a limit.

use std::sync::Arc;

use ticketly_domain::{ApiKey, Entity, KeyHash, KeyLabel, KeyRecord, MAX_KEYS, Refusal, Role};

use crate::Cinema;
use crate::cinema::{minutes, race, store_refused};

/// A new key that was created in this minute and is labelled after it.
fn record(cinema: &mut Cinema, role: Role, minute: i64) -> KeyRecord {
    let label = KeyLabel::parse(&format!("till-{minute}")).unwrap();
    ApiKey::mint(role, &mut cinema.rng).record(label, minutes(minute))
}

async fn added(cinema: &mut Cinema, role: Role, minute: i64) -> KeyRecord {
    let key = record(cinema, role, minute);
    cinema.keys().add_key(&key, MAX_KEYS).await.unwrap();
    key
}

pub async fn a_key_is_found_as_it_was_added_and_by_no_other_hash(mut cinema: Cinema) {
    let label = KeyLabel::parse("Zoë~кассир").unwrap();
    let ending = KeyRecord { label, ..record(&mut cinema, Role::BoxOffice, 1) }.until(minutes(90)).unwrap();
    let lasting = record(&mut cinema, Role::Scheduler, 2);
    for key in [&ending, &lasting] {
        assert_eq!(cinema.keys().key(&key.hash).await.unwrap(), None);
        cinema.keys().add_key(key, MAX_KEYS).await.unwrap();
        assert_eq!(cinema.keys().key(&key.hash).await.unwrap().as_ref(), Some(key));
    }
    assert_eq!(cinema.keys().keys().await.unwrap(), [ending.clone(), lasting]);
    let mut nearly = ending.hash;
    nearly.0[31] ^= 1;
    for wrong in [nearly, KeyHash::of("")] {
        assert_eq!(cinema.keys().key(&wrong).await.unwrap(), None);
    }
}

pub async fn a_role_has_as_many_keys_as_are_wanted(mut cinema: Cinema) {
    let mut keys = Vec::new();
    // More than one batch of reads.
    for minute in 1..=130 {
        keys.push(added(&mut cinema, Role::BoxOffice, minute).await);
    }
    assert_eq!(cinema.keys().keys().await.unwrap(), keys);
}

pub async fn a_key_that_is_added_again_is_there_once(mut cinema: Cinema) {
    let [one, two] = [1, 2].map(|minute| record(&mut cinema, Role::Admin, minute));
    let keys = cinema.keys();
    let outcomes = race(8, |_| {
        let (keys, one) = (Arc::clone(&keys), one.clone());
        async move { keys.add_key(&one, 2).await }
    });
    outcomes.await.into_iter().for_each(Result::unwrap);
    keys.add_key(&two, 2).await.unwrap();
    // Also when there are enough keys, whatever its time of creation and its label.
    keys.add_key(&KeyRecord { created: minutes(9), ..one.clone() }, 2).await.unwrap();
    keys.add_key(&KeyRecord { label: two.label.clone(), ..one.clone() }, 2).await.unwrap();
    assert_eq!(keys.keys().await.unwrap(), [one, two]);
}

pub async fn racing_keys_do_not_exceed_the_limit(mut cinema: Cinema) {
    let records: Vec<_> = (0..8).map(|minute| record(&mut cinema, Role::Admin, minute)).collect();
    let keys = cinema.keys();
    let outcomes = race(8, |number| {
        let (keys, record) = (Arc::clone(&keys), records[usize::try_from(number).unwrap()].clone());
        async move { keys.add_key(&record, 3).await }
    });
    let (good, bad): (Vec<_>, Vec<_>) = outcomes.await.into_iter().partition(Result::is_ok);
    assert_eq!((good.len(), bad.len()), (3, 5));
    for outcome in bad {
        assert_eq!(store_refused(outcome), Refusal::TooManyKeys { limit: 3 });
    }
    let left = keys.keys().await.unwrap();
    assert_eq!(left.len(), 3);
    keys.revoke_key(&left[0].hash).await.unwrap();
    let another = record(&mut cinema, Role::Scheduler, 20);
    keys.add_key(&another, 3).await.unwrap();
    assert_eq!(keys.keys().await.unwrap(), [left[1].clone(), left[2].clone(), another]);
}

pub async fn racing_keys_of_one_label_leave_one(mut cinema: Cinema) {
    let label = KeyLabel::parse("till").unwrap();
    let mut records = Vec::new();
    for minute in 0..8 {
        records.push(KeyRecord { label: label.clone(), ..record(&mut cinema, Role::BoxOffice, minute) });
    }
    let keys = cinema.keys();
    let outcomes = race(8, |number| {
        let (keys, record) = (Arc::clone(&keys), records[usize::try_from(number).unwrap()].clone());
        async move { keys.add_key(&record, MAX_KEYS).await }
    });
    let (good, bad): (Vec<_>, Vec<_>) = outcomes.await.into_iter().partition(Result::is_ok);
    assert_eq!((good.len(), bad.len()), (1, 7));
    for outcome in bad {
        assert_eq!(store_refused(outcome), Refusal::LabelTaken);
    }
    // A label is free again once its key is revoked.
    let [winner] = &keys.keys().await.unwrap()[..] else { panic!("one key has the label") };
    keys.revoke_key(&winner.hash).await.unwrap();
    let next = records.iter().find(|record| record.hash != winner.hash).unwrap();
    keys.add_key(next, MAX_KEYS).await.unwrap();
    assert_eq!(keys.keys().await.unwrap(), std::slice::from_ref(next));
}

pub async fn a_revoked_key_is_found_no_more(mut cinema: Cinema) {
    let [one, two] = [added(&mut cinema, Role::BoxOffice, 1).await, added(&mut cinema, Role::BoxOffice, 2).await];
    cinema.keys().revoke_key(&one.hash).await.unwrap();
    assert_eq!(cinema.keys().key(&one.hash).await.unwrap(), None);
    assert_eq!(cinema.keys().keys().await.unwrap(), [two]);
}

pub async fn an_unknown_key_is_not_revoked(mut cinema: Cinema) {
    let key = record(&mut cinema, Role::Scheduler, 0);
    assert_eq!(store_refused(cinema.keys().revoke_key(&key.hash).await), Refusal::Unknown(Entity::ApiKey));
    cinema.keys().add_key(&key, MAX_KEYS).await.unwrap();
    cinema.keys().revoke_key(&key.hash).await.unwrap();
    assert_eq!(store_refused(cinema.keys().revoke_key(&key.hash).await), Refusal::Unknown(Entity::ApiKey));
    assert_eq!(cinema.keys().keys().await.unwrap(), []);
}

pub async fn keys_are_listed_oldest_first(mut cinema: Cinema) {
    let roles = [Role::Scheduler, Role::Admin, Role::BoxOffice, Role::Admin, Role::Scheduler];
    let mut keys = Vec::new();
    for (role, minute) in roles.into_iter().zip([5, 2, 9, 7, 1]) {
        keys.push(added(&mut cinema, role, minute).await);
    }
    keys.sort_by_key(|key| key.created);
    assert_eq!(cinema.keys().keys().await.unwrap(), keys);
}

pub async fn the_last_hour_of_use_is_noted_and_no_earlier_one(mut cinema: Cinema) {
    let [used, unused] = [added(&mut cinema, Role::Admin, 1).await, added(&mut cinema, Role::Admin, 2).await];
    for (hour, noted) in [(60, 60), (180, 180), (120, 180), (180, 180)] {
        cinema.keys().note_use(&used.hash, minutes(hour)).await.unwrap();
        let expected = KeyRecord { used: Some(minutes(noted)), ..used.clone() };
        assert_eq!(cinema.keys().key(&used.hash).await.unwrap(), Some(expected.clone()));
        assert_eq!(cinema.keys().keys().await.unwrap(), [expected, unused.clone()]);
    }
}

pub async fn a_use_of_a_revoked_key_leaves_no_trace(mut cinema: Cinema) {
    let key = added(&mut cinema, Role::Admin, 1).await;
    cinema.keys().revoke_key(&key.hash).await.unwrap();
    cinema.keys().note_use(&key.hash, minutes(60)).await.unwrap();
    assert_eq!(cinema.keys().key(&key.hash).await.unwrap(), None);
    assert_eq!(cinema.keys().keys().await.unwrap(), []);
}

pub async fn keys_stay_over_a_restart(mut cinema: Cinema) {
    let [kept, gone] = [added(&mut cinema, Role::Admin, 1).await, added(&mut cinema, Role::Admin, 2).await];
    cinema.keys().revoke_key(&gone.hash).await.unwrap();
    let cinema = cinema.reopened().await;
    assert_eq!(cinema.keys().keys().await.unwrap(), std::slice::from_ref(&kept));
    assert_eq!(cinema.keys().key(&kept.hash).await.unwrap(), Some(kept));
    assert_eq!(cinema.keys().key(&gone.hash).await.unwrap(), None);
}
