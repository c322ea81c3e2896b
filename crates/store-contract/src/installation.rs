//! What an installation is: one key, and all that was kept under it.

use std::sync::Arc;

use ticketly_domain::{InstallationKey, TicketQuery};

use crate::Cinema;
use crate::cinema::{race, rng};

pub async fn the_first_installation_key_is_kept(mut cinema: Cinema) {
    let fresh = InstallationKey::mint(&mut cinema.rng);
    let kept = cinema.store().installation_key(&fresh).await.unwrap();
    assert_ne!(kept.as_bytes(), fresh.as_bytes(), "a cinema has one from its opening");
    assert_eq!(cinema.store().installation_key(&fresh).await.unwrap(), kept);
    let cinema = cinema.reopened().await;
    assert_eq!(cinema.store().installation_key(&fresh).await.unwrap(), kept);
}

pub async fn racing_installations_agree_on_one_key(cinema: Cinema) {
    let store = cinema.store();
    let keys = race(8, |number| {
        let store = Arc::clone(&store);
        async move { store.installation_key(&InstallationKey::mint(&mut rng(number))).await.unwrap() }
    });
    let keys = keys.await;
    assert_eq!(keys, vec![keys[0].clone(); 8]);
}

pub async fn a_person_is_the_same_user_after_a_restart(mut cinema: Cinema) {
    let slot = cinema.slot(5).await;
    let before = cinema.book(slot, 1).await.unwrap();
    cinema = cinema.reopened().await;
    let after = cinema.book(slot, 1).await.unwrap();
    assert_eq!(before.user().unwrap(), after.user().unwrap());
    let page = cinema.ticketing.tickets_of_user(before.user().unwrap().id, &TicketQuery::default()).await.unwrap();
    assert_eq!(page.items.len(), 2);
}

pub async fn everything_is_there_after_a_restart(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(9).await, cinema.slot(9).await);
    let booking = cinema.book(here, 5).await.unwrap();
    cinema.cancel(booking.tickets()[1].id()).await.unwrap();
    cinema.shift(booking.tickets()[2].id(), there).await.unwrap();
    let before = cinema.everything().await;
    cinema = cinema.reopened().await;
    assert_eq!(cinema.everything().await, before);
    assert_eq!((cinema.balanced(here).await, cinema.balanced(there).await), (3, 1));
}

pub async fn a_store_that_is_open_is_ready(cinema: Cinema) {
    cinema.ticketing.ready().await.unwrap();
    cinema.reopened().await.ticketing.ready().await.unwrap();
}
