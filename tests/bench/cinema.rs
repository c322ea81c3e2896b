//! A Ticketly server with its own data, and the slots that were scheduled on it.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::closed_loop::{Keep, Load};
use crate::options::Options;
use crate::requests::{CAPACITY, Order, START, bookings, get, post};
use crate::service::{Service, Ticketly};
use crate::wire::quoted_after;

/// The name of the slots that are booked by their identifiers.
const NAME: &str = "Metropolis";
/// The rows, and the seats a row, of an auditorium of 5,000 seats.
pub const ARENA: (u32, usize) = (50, 100);
/// The longest time after which a store shows every booking that it has acknowledged. The DynamoDB store remembers
/// seats for a second.
const SETTLED: Duration = Duration::from_secs(5);

/// A server and its data, which are removed at the end.
pub struct Cinema {
    // Dropped in this order: the server before its folder.
    pub service: Service,
    folder: TempDir,
    store: Ticketly,
    workers: usize,
    admin_key: String,
    slots: Vec<String>,
    /// The number of acknowledged bookings, of one seat each.
    sold: u64,
}

impl Cinema {
    /// Starts a server with an empty embedded store.
    pub fn open(options: &Options) -> anyhow::Result<Self> {
        Self::open_with(options, false)
    }

    /// Does the same, without the server's log.
    pub fn open_quietly(options: &Options) -> anyhow::Result<Self> {
        Self::open_with(options, true)
    }

    fn open_with(options: &Options, quiet: bool) -> anyhow::Result<Self> {
        let folder = options.folder()?;
        let data = folder.path().to_string_lossy().into_owned();
        let store = Ticketly { quiet, options: vec!["--data".to_owned(), data], environment: Vec::new() };
        let service = Service::ticketly(&store, options.workers)?;
        let admin_key = fs::read_to_string(folder.path().join("admin.key"))?.trim_end().to_owned();
        Ok(Self { service, folder, store, workers: options.workers, admin_key, slots: Vec::new(), sold: 0 })
    }

    /// Starts a server with an empty table of an engine of DynamoDB.
    pub fn on_dynamodb(options: &Options, engine: &Service) -> anyhow::Result<Self> {
        let environment = vec![
            ("AWS_ENDPOINT_URL", format!("http://{}", engine.address)),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "local".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ];
        let named = ["--store", "dynamodb:benchmark"];
        let store = Ticketly { quiet: false, options: named.map(str::to_owned).to_vec(), environment };
        store.output(&["table", "create", "benchmark"])?;
        let admin_key = store.output(&[&["key", "new", "--role", "admin"][..], &named[..]].concat())?;
        let service = Service::ticketly(&store, options.workers)?;
        let folder = options.folder()?;
        Ok(Self { service, folder, store, workers: options.workers, admin_key, slots: Vec::new(), sold: 0 })
    }

    /// Returns the path of a file that SQLite keeps beside the database.
    pub fn sqlite_file(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("ticketly.db{suffix}"))
    }

    /// Returns what makes backups of the embedded store, one after another and as long as `goes_on` is set, and returns their number.
    pub fn back_up_while(&self, goes_on: Arc<AtomicBool>) -> impl FnOnce() -> anyhow::Result<u64> + Send + use<> {
        let (store, file) = (self.store.clone(), self.folder.path().join("copy.db"));
        move || {
            let mut made = 0;
            while goes_on.load(Ordering::Relaxed) {
                let named = ["backup".to_owned(), file.to_string_lossy().into_owned()];
                let args: Vec<_> = named.iter().chain(&store.options).map(String::as_str).collect();
                store.output(&args)?;
                fs::remove_file(&file)?;
                made += 1;
            }
            Ok(made)
        }
    }

    /// Kills the server and starts it again. Returns the time from the start to the first answer, in milliseconds.
    pub async fn restart(&mut self) -> anyhow::Result<f64> {
        self.service.kill()?;
        let begun = Instant::now();
        self.service = Service::ticketly(&self.store, self.workers)?;
        self.service.ask(&get("/health/ready")).await?;
        Ok(begun.elapsed().as_secs_f64() * 1000.0)
    }

    /// Schedules slots of the maximum capacity, to be booked.
    pub async fn schedule(&mut self, count: u64) -> anyhow::Result<Vec<String>> {
        self.schedule_named(NAME, count).await
    }

    /// Schedules slots of a name and the same start.
    pub async fn schedule_named(&mut self, name: &str, count: u64) -> anyhow::Result<Vec<String>> {
        let slot = json!({
            "slotName": name, "slotType": "Movie", "genre": "Scifi", "capacity": CAPACITY,
            "startTime": START, "endTime": "2099-12-30T22:33:00Z",
        });
        let slots = self.post_slots(count, move |_| slot.clone()).await?;
        self.slots.extend(slots.iter().cloned());
        Ok(slots)
    }

    /// Schedules slots in an auditorium of so many rows and seats a row, one after another, to be booked.
    pub async fn schedule_in_auditorium(&mut self, count: u64, size: (u32, usize)) -> anyhow::Result<Vec<String>> {
        let (rows, seats) = size;
        let row = |row: u32| json!({ "row": format!("{row}R"), "places": ".".repeat(seats) });
        let plan = json!({
            "name": "Auditorium", "legend": { ".": "standard" }, "rows": (1..=rows).map(row).collect::<Vec<_>>(),
        });
        let key = format!("Authorization: Bearer {}\r\n", self.admin_key);
        let auditorium = self.service.ask(&post("/v1/auditoriums", &key, &plan)).await?;
        let auditorium = auditorium.get("auditoriumId").cloned().context("an auditorium without an identifier")?;
        let slots = self.post_slots(count, move |number| {
            let (day, hour) = (number / 12 % 28 + 1, number % 12 * 2);
            let date = format!("2099-{:02}-{day:02}T{hour:02}", number / 12 / 28 + 1);
            json!({
                "slotName": NAME, "slotType": "Movie", "genre": "Scifi", "auditoriumId": auditorium,
                "startTime": format!("{date}:00:00Z"), "endTime": format!("{date}:59:00Z"),
            })
        });
        let slots = slots.await?;
        self.slots.extend(slots.iter().cloned());
        Ok(slots)
    }

    /// Schedules slots as `describe` returns them for their numbers. Returns their identifiers.
    pub async fn post_slots(
        &self,
        count: u64,
        describe: impl Fn(u64) -> Value + Send + Sync + 'static,
    ) -> anyhow::Result<Vec<String>> {
        let key = format!("Authorization: Bearer {}\r\n", self.admin_key);
        let write = move |number, buffer: &mut Vec<u8>| buffer.extend(post("/v1/slots", &key, &describe(number)));
        let (keep, kept) = keep("slotId");
        Load { keep: Some(keep), ..Load::of(count, self.service.address, Arc::new(write)) }.run().await?;
        kept()
    }

    /// Books some tickets, and returns their identifiers.
    pub async fn tickets(&mut self, count: u64) -> anyhow::Result<Vec<String>> {
        let slots = self.schedule(1).await?;
        let (keep, kept) = keep("ticketId");
        let load = Load::of(count, self.service.address, bookings(&slots, Order::OneByOne, false));
        self.sell(Load { keep: Some(keep), ..load }.run().await?.done);
        kept()
    }

    /// Notes acknowledged bookings.
    pub fn sell(&mut self, bookings: u64) {
        self.sold += bookings;
    }

    /// Checks that the acknowledged bookings are stored, and no others.
    pub async fn check(&mut self) -> anyhow::Result<()> {
        self.check_with(0).await
    }

    /// Checks that the acknowledged bookings are stored, and no others, but for some whose answers were lost.
    pub async fn check_with(&mut self, unanswered: u64) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            let taken = self.taken().await?;
            if (self.sold..=self.sold + unanswered).contains(&taken) {
                self.sold = taken;
                return Ok(());
            }
            let (sold, waited) = (self.sold, begun.elapsed());
            ensure!(waited < SETTLED, "{sold} bookings were acknowledged, but {taken} seats are taken");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn taken(&self) -> anyhow::Result<u64> {
        let mut taken = 0;
        for slot in &self.slots {
            let slot = self.service.ask(&get(&format!("/v1/slots/{slot}"))).await?;
            let number = |field| slot.get(field).and_then(Value::as_u64).context("a slot without a number of seats");
            taken += number("capacity")?.saturating_sub(number("availTickets")?);
        }
        Ok(taken)
    }
}

/// Returns what keeps the field of every answer, and what returns the kept ones.
fn keep(field: &str) -> (Keep, impl FnOnce() -> anyhow::Result<Vec<String>> + use<>) {
    let before = format!("\"{field}\":\"").into_bytes();
    let kept = Arc::new(Mutex::new(Vec::new()));
    let filled = Arc::clone(&kept);
    let keep = move |body: &[u8]| {
        filled.lock().unwrap_or_else(PoisonError::into_inner).push(quoted_after(body, &before));
    };
    let take = move || {
        let kept = std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner));
        kept.into_iter().collect::<Option<Vec<_>>>().context("an answer without an identifier")
    };
    (Arc::new(keep), take)
}
