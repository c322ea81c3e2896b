//! The keys of those who may sell: two a role, so that one can be changed for another.

use std::sync::Arc;

use ticketly_domain::{ApiKey, Entity, KeyHash, KeyRecord, MAX_KEYS, Refusal, Role};

use crate::Cinema;
use crate::cinema::{minutes, race, store_refused};

fn record(cinema: &mut Cinema, role: Role, minute: i64) -> KeyRecord {
    ApiKey::mint(role, &mut cinema.rng).record(minutes(minute))
}

pub async fn a_key_opens_its_role_and_no_other_text_does(mut cinema: Cinema) {
    for &role in Role::ALL {
        let key = record(&mut cinema, role, 0);
        assert_eq!(cinema.keys().role_of(&key.hash).await.unwrap(), None);
        cinema.keys().add_key(&key).await.unwrap();
        assert_eq!(cinema.keys().role_of(&key.hash).await.unwrap(), Some(role));
    }
    let (mut first, mut last) = (cinema.keys().keys().await.unwrap()[0].hash, KeyHash::of(""));
    assert_eq!(cinema.keys().role_of(&last).await.unwrap(), None);
    (last.0, first.0[31]) = (first.0, first.0[31] ^ 1);
    assert_eq!(cinema.keys().role_of(&first).await.unwrap(), None, "nearly right is wrong");
    assert!(cinema.keys().role_of(&last).await.unwrap().is_some());
}

pub async fn a_role_has_two_keys_and_a_third_is_refused(mut cinema: Cinema) {
    for &role in Role::ALL {
        let [one, two, three] = [1, 2, 3].map(|minute| record(&mut cinema, role, minute));
        cinema.keys().add_key(&one).await.unwrap();
        cinema.keys().add_key(&two).await.unwrap();
        assert_eq!(store_refused(cinema.keys().add_key(&three).await), Refusal::TooManyKeys(role));
        assert_eq!(cinema.keys().role_of(&three.hash).await.unwrap(), None);
        assert_eq!(cinema.keys().role_of(&one.hash).await.unwrap(), Some(role));
        assert_eq!(cinema.keys().role_of(&two.hash).await.unwrap(), Some(role));
    }
    let most = usize::try_from(MAX_KEYS).unwrap() * Role::ALL.len();
    assert_eq!(cinema.keys().keys().await.unwrap().len(), most);
}

pub async fn a_key_that_is_added_again_is_there_once(mut cinema: Cinema) {
    let [one, two] = [1, 2].map(|minute| record(&mut cinema, Role::Admin, minute));
    let keys = cinema.keys();
    let outcomes = race(8, |_| {
        let keys = Arc::clone(&keys);
        async move { keys.add_key(&one).await }
    });
    outcomes.await.into_iter().for_each(Result::unwrap);
    keys.add_key(&two).await.unwrap();
    // Also when the role is full, and whenever it is said to have been made.
    keys.add_key(&KeyRecord { at: minutes(9), ..one }).await.unwrap();
    assert_eq!(keys.keys().await.unwrap(), [one, two]);
}

pub async fn racing_keys_of_a_role_leave_two(mut cinema: Cinema) {
    let records: Vec<_> = (0..8).map(|minute| record(&mut cinema, Role::Admin, minute)).collect();
    let keys = cinema.keys();
    let outcomes = race(8, |number| {
        let (keys, record) = (Arc::clone(&keys), records[usize::try_from(number).unwrap()]);
        async move { keys.add_key(&record).await }
    });
    let (good, bad): (Vec<_>, Vec<_>) = outcomes.await.into_iter().partition(Result::is_ok);
    assert_eq!((good.len(), bad.len()), (2, 6));
    for outcome in bad {
        assert_eq!(store_refused(outcome), Refusal::TooManyKeys(Role::Admin));
    }
    assert_eq!(keys.keys().await.unwrap().len(), 2);
}

pub async fn a_revoked_key_opens_nothing_and_makes_room(mut cinema: Cinema) {
    let [one, two, three] = [1, 2, 3].map(|minute| record(&mut cinema, Role::BoxOffice, minute));
    cinema.keys().add_key(&one).await.unwrap();
    cinema.keys().add_key(&two).await.unwrap();
    cinema.keys().revoke_key(&one.hash).await.unwrap();
    assert_eq!(cinema.keys().role_of(&one.hash).await.unwrap(), None);
    assert_eq!(cinema.keys().keys().await.unwrap(), [two]);
    cinema.keys().add_key(&three).await.unwrap();
    assert_eq!(cinema.keys().keys().await.unwrap(), [two, three]);
}

pub async fn an_unknown_key_is_not_revoked(mut cinema: Cinema) {
    let key = record(&mut cinema, Role::Scheduler, 0);
    assert_eq!(store_refused(cinema.keys().revoke_key(&key.hash).await), Refusal::Unknown(Entity::ApiKey));
    cinema.keys().add_key(&key).await.unwrap();
    cinema.keys().revoke_key(&key.hash).await.unwrap();
    assert_eq!(store_refused(cinema.keys().revoke_key(&key.hash).await), Refusal::Unknown(Entity::ApiKey));
    assert_eq!(cinema.keys().keys().await.unwrap(), []);
}

pub async fn keys_are_listed_oldest_first(mut cinema: Cinema) {
    let roles = [Role::Scheduler, Role::Admin, Role::BoxOffice, Role::Admin, Role::Scheduler];
    let mut records = Vec::new();
    for (role, minute) in roles.into_iter().zip([5, 2, 9, 7, 1]) {
        records.push(record(&mut cinema, role, minute));
        cinema.keys().add_key(&records[records.len() - 1]).await.unwrap();
    }
    records.sort_by_key(|record| record.at);
    assert_eq!(cinema.keys().keys().await.unwrap(), records);
}

pub async fn keys_stay_over_a_restart(mut cinema: Cinema) {
    let [kept, gone] = [1, 2].map(|minute| record(&mut cinema, Role::Admin, minute));
    cinema.keys().add_key(&kept).await.unwrap();
    cinema.keys().add_key(&gone).await.unwrap();
    cinema.keys().revoke_key(&gone.hash).await.unwrap();
    let cinema = cinema.reopened().await;
    assert_eq!(cinema.keys().keys().await.unwrap(), [kept]);
    assert_eq!(cinema.keys().role_of(&kept.hash).await.unwrap(), Some(Role::Admin));
    assert_eq!(cinema.keys().role_of(&gone.hash).await.unwrap(), None);
}
