//! The records of a table: verification, also while servers sell, and planted corruptions.

mod copies;
mod corruptions;
mod plant;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_adapters_dynamo::{DynamoRecords, OpenError, create};
use ticketly_domain::{Error, Rules, SingleSeats, Ticketing, Verified, verify};
use ticketly_dynamo_tests::Engine;
use ticketly_store_contract::season::Season;
use ticketly_store_contract::{Cinema, NOW, Subject, draft, request, seated_draft};

/// So many units that no test waits.
const UNITS: NonZeroU32 = NonZeroU32::new(1_000_000).unwrap();

async fn verified(engine: &Engine) -> Verified {
    let records = DynamoRecords::open(&engine.client(), engine.table(), UNITS).await.unwrap();
    verify(&records, &mut |_| ()).await.unwrap()
}

fn lines(verified: &Verified) -> Vec<String> {
    verified.findings.list().iter().map(ToString::to_string).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_wrong_in_a_whole_table() {
    for seats_a_shard in [500, 7] {
        let engine = Engine::with_table().await;
        let season = Season::play(Subject::resident(engine.store(seats_a_shard).await), 40).await;
        let verified = verified(&engine).await;
        assert_eq!(lines(&verified), Vec::<String>::new());
        assert_eq!(verified.digest.counts().count(), 18, "each kind is there: {:?}", verified.digest);
        drop(season);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_is_paced() {
    let engine = Engine::that_tells_charges().await;
    let season = Season::play(Subject::resident(engine.store(500).await), 10).await;
    let (client, meter) = engine.metered();
    let records = DynamoRecords::open(&client, engine.table(), NonZeroU32::new(400).unwrap()).await.unwrap();
    let begun = std::time::Instant::now();
    verify(&records, &mut |_| ()).await.unwrap();
    // Without those of the scan itself.
    let (units, seconds) = (meter.bill().read_units, begun.elapsed().as_secs_f64());
    assert!(units > 100.0 && seconds > units / 800.0, "{units} units in {seconds} s");
    drop(season);
}

/// Two servers sell out a slot in an auditorium, and sell another one, while the table is verified again and again.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_meanwhile_is_no_finding() {
    let engine = Arc::new(Engine::with_table().await);
    let mut cinema = Cinema::over(Subject::resident(engine.store(50).await)).await;
    let rows: Vec<_> = ('A'..='Z').map(|row| format!("row {row} 1 1 ....................")).collect();
    let hall = cinema.auditorium(&format!("legend . standard\n{}", rows.join("\n")), SingleSeats::Allowed).await;
    let slots = [cinema.slot_of(&seated_draft("Faust", &hall)).await, cinema.slot_of(&draft("Skyfall", 9_000)).await];
    let stop = Arc::new(AtomicBool::new(false));
    let sellers = slots.into_iter().cycle().take(4).enumerate().map(|(seller, slot)| {
        let (engine, stop) = (Arc::clone(&engine), Arc::clone(&stop));
        tokio::spawn(async move {
            let mut rng = StdRng::seed_from_u64(u64::try_from(seller).unwrap());
            let ticketing =
                Ticketing::open(Arc::new(engine.store(50).await), Rules::default(), &mut rng).await.unwrap();
            let mut sold = 0;
            while !stop.load(Ordering::Relaxed) {
                match ticketing.book(request(slot, 2), NOW, &mut rng).await {
                    Ok(booking) if sold % 3 == 0 => {
                        ticketing.cancel(booking.tickets()[0].id(), None, NOW).await.unwrap();
                    }
                    Ok(_) | Err(Error::Refused(_)) => {}
                    Err(error) => panic!("{error:?}"),
                }
                sold += 1;
            }
            sold
        })
    });
    let sellers: Vec<_> = sellers.collect();
    for _ in 0..4 {
        let verified = verified(&engine).await;
        assert_eq!(lines(&verified), Vec::<String>::new());
        assert!(verified.unsettled.iter().all(|slot| slots.contains(slot)), "{:?}", verified.unsettled);
    }
    stop.store(true, Ordering::Relaxed);
    for seller in sellers {
        assert!(seller.await.unwrap() > 0);
    }
    let verified = verified(&engine).await;
    assert_eq!((lines(&verified), verified.unsettled), (Vec::new(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_table_of_this_program_is_read() {
    let engine = Engine::started().await;
    let open = async || DynamoRecords::open(&engine.client(), engine.table(), UNITS).await.map(drop);
    assert!(matches!(open().await, Err(OpenError::Missing { .. })));
    create(&engine.client(), engine.table()).await.unwrap();
    open().await.unwrap();
    assert_eq!(lines(&verified(&engine).await), Vec::<String>::new());
}
