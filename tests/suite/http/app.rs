//! The server under test: in this process, on its own port, with a clock that the test sets.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use actix_web::rt::System;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use ticketly_adapters_signing::Ed25519;
use ticketly_api::{Api, interface};
use ticketly_domain::{
    ApiKey, CodeSigner, KeyLabel, KeyStore, MAX_KEYS, MockStore, PaymentProvider, Role, Rules, Store, Ticketing,
};
use ticketly_http::clock::Clock;
use ticketly_http::cors::Cors;
use ticketly_http::limit::Rate;
use ticketly_http::metrics::Metrics;
use ticketly_http::server::{Settings, serve};
use ticketly_http::stream_limit::Limits;
use ticketly_http::zone::Zone;
use ticketly_web::{AuditoriumNames, ComingTitles, Look, ReportLimits, Web, routes, state};
use tokio::sync::oneshot;

use super::answer::Answer;
use super::client::Call;
use crate::backing;

/// The published document.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| ticketly_api::document().unwrap());

/// Parses an RFC 3339 time.
pub fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

struct ManualClock(Mutex<DateTime<Utc>>);

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// The resources of a store, such as its folder. They are dropped after the server.
pub type Home = Box<dyn Send + Sync>;

/// The parts of a server.
pub struct Stage {
    pub store: Arc<dyn Store>,
    pub keys: Arc<dyn KeyStore>,
    pub zone: Tz,
    pub rate: Option<Rate>,
    pub holds_per_minute: u32,
    pub rules: Rules,
    pub provider: Option<Arc<dyn PaymentProvider>>,
    pub signer: Option<Arc<dyn CodeSigner>>,
    pub origins: &'static [&'static str],
    pub linger: Duration,
    /// Whether there are pages for people.
    pub pages: bool,
    /// The look of the pages.
    pub look: Look,
    /// What is read for one report of the manager, or one search of the box office.
    pub report_limits: ReportLimits,
    /// The number of proxies, which say whether clients use HTTPS.
    pub proxies: usize,
    /// The seed of the installation's secret.
    pub seed: u64,
    pub home: Home,
}

impl Stage {
    /// Creates a stage with an empty store, in UTC.
    pub fn new() -> Self {
        let (store, keys, home) = backing::open();
        let (zone, rules, origins) = (Tz::UTC, Rules::default(), &[]);
        let (rate, provider, linger) = (None, None, Duration::ZERO);
        let signer: Option<Arc<dyn CodeSigner>> = Some(Arc::new(Ed25519));
        Self {
            store,
            keys,
            zone,
            rate,
            holds_per_minute: 0,
            rules,
            provider,
            signer,
            origins,
            linger,
            pages: false,
            look: Look::default(),
            report_limits: ReportLimits::default(),
            proxies: 0,
            seed: 2,
            home,
        }
    }

    /// Creates a stage with a rate limit, behind a number of proxies.
    pub fn with_rate(per_second: u32, proxies: usize) -> Self {
        let rate = Rate { per_second: NonZeroU32::new(per_second).unwrap(), proxies };
        Self { rate: Some(rate), ..Self::new() }
    }
}

/// A running server. It stops when it is dropped.
pub struct App {
    pub address: SocketAddr,
    pub admin: String,
    pub box_office: String,
    pub scheduler: String,
    clock: Arc<ManualClock>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _home: Home,
}

impl App {
    /// Starts a server on an empty store, in UTC, on the first of October 2020.
    pub fn start() -> Self {
        Self::on(Stage::new())
    }

    /// Starts a server in a time zone with clock changes.
    pub fn in_berlin() -> Self {
        Self::on(Stage { zone: Tz::Europe__Berlin, ..Stage::new() })
    }

    /// Starts a server on a mocked store.
    pub fn over(mut store: MockStore) -> Self {
        store.expect_installation_key().returning(|fresh| Ok(fresh.clone()));
        // A test's own expectation comes first.
        store.expect_overloaded().returning(|| false);
        Self::on(Stage { store: Arc::new(store), ..Stage::new() })
    }

    /// Starts a server with a rate limit, behind a number of proxies.
    pub fn with_rate(per_second: u32, proxies: usize) -> Self {
        Self::on(Stage::with_rate(per_second, proxies))
    }

    /// Starts a server that was told to stop and is lingering.
    pub fn about_to_stop() -> Self {
        let mut app = Self::on(Stage { linger: Duration::from_secs(3), ..Stage::new() });
        app.request_stop();
        while app.get("/health/ready").send().status == 200 {}
        app
    }

    pub fn request_stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub fn on(stage: Stage) -> Self {
        let clock = Arc::new(ManualClock(Mutex::new(time("2020-10-01T00:00:00Z"))));
        let rng = &mut StdRng::seed_from_u64(1);
        let roles = [Role::Admin, Role::BoxOffice, Role::Scheduler];
        let minted = roles.map(|role| (role, ApiKey::mint(role, rng)));
        let [admin, box_office, scheduler] = minted.clone().map(|(_, key)| key.as_str().to_owned());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let running = Arc::clone(&clock);
        let thread = thread::spawn(move || {
            System::new().block_on(async move {
                for (role, key) in minted {
                    // A mocked key store may refuse the key.
                    let record = key.record(KeyLabel::numbered(role, 1), running.now());
                    let _ = stage.keys.add_key(&record, MAX_KEYS).await;
                }
                let rng = &mut StdRng::seed_from_u64(stage.seed);
                let ticketing = Ticketing::open(stage.store, stage.rules, rng).await.unwrap();
                let paid = stage.provider.map(|provider| ticketing.paid_through(provider));
                let ticketing = paid.unwrap_or(ticketing);
                let signed = stage.signer.map(|signer| ticketing.signed_by(signer));
                let metrics = Metrics::default();
                let ticketing = signed.unwrap_or(ticketing).observed_by(Arc::new(metrics.clone()));
                let api = Api {
                    ticketing: ticketing.clone(),
                    clock: running.clone(),
                    zone: Zone(stage.zone),
                    streams: Limits::default(),
                };
                let settings = Settings {
                    workers: 1,
                    connections: 1000,
                    keep_alive: Duration::from_secs(75),
                    rate: stage.rate,
                    holds_per_minute: NonZeroU32::new(stage.holds_per_minute),
                    cors: Cors(stage.origins.iter().map(|origin| origin.parse().unwrap()).collect()),
                    linger: stage.linger,
                    drain_seconds: 1,
                    proxies: stage.proxies,
                    certificate: None,
                };
                ready.send(()).unwrap();
                let until = async { drop(stopped.await) };
                let (zone, cinema, look) = (Zone(stage.zone), "Roxy".to_owned(), stage.look);
                let report_limits = stage.report_limits;
                let (auditoriums, titles) = (AuditoriumNames::default(), ComingTitles::default());
                let web = Web { ticketing, clock: running, zone, cinema, look, report_limits, auditoriums, titles };
                let interface = interface(api, stage.keys, &DOCUMENT).counted_in(metrics);
                let interface = if stage.pages { interface.behind(routes, state(web)) } else { interface };
                serve(interface, listener, settings, until).await.unwrap();
            });
        });
        is_ready.recv().expect("the server starts");
        let (stop, thread) = (Some(stop), Some(thread));
        Self { address, admin, box_office, scheduler, clock, stop, thread, _home: stage.home }
    }

    pub fn set_clock(&self, now: &str) {
        *self.clock.0.lock().unwrap() = time(now);
    }

    pub fn call(&self, method: &str, target: &str) -> Call {
        Call::new(self.address, method, target)
    }

    pub fn get(&self, target: &str) -> Call {
        self.call("GET", target)
    }

    pub fn post(&self, target: &str) -> Call {
        self.call("POST", target)
    }

    /// Schedules a film of three hours and returns the slot.
    pub fn schedule(&self, name: &str, start: &str, seats: u32) -> Value {
        let draft = json!({
            "slotName": name, "startTime": start, "endTime": three_hours_after(start),
            "slotType": "Movie", "genre": "Scifi", "capacity": seats,
        });
        self.post("/v1/slots").key(self.admin.as_str()).json(draft).send().created()
    }

    /// Adds an auditorium with 30 seats, 2 of them for a wheelchair and a companion.
    pub fn auditorium(&self) -> Value {
        self.post("/v1/auditoriums").key(self.admin.as_str()).json(plan()).send().created()
    }

    /// Adds a price list in euro, with prices of two ticket types, one of them also in the lounge.
    pub fn price_list(&self) -> Value {
        self.post("/v1/price-lists").key(self.admin.as_str()).json(price_list()).send().created()
    }

    /// Schedules a film of three hours with prices and returns the slot.
    pub fn schedule_priced(&self, list: &Value, name: &str, start: &str) -> Value {
        let draft = json!({
            "slotName": name, "startTime": start, "endTime": three_hours_after(start),
            "slotType": "Movie", "genre": "Scifi", "priceListId": list["priceListId"],
        });
        self.post("/v1/slots").key(self.admin.as_str()).json(draft).send().created()
    }

    /// Schedules a film of three hours in an auditorium and returns the slot.
    pub fn schedule_in(&self, auditorium: &Value, name: &str, start: &str) -> Value {
        self.try_schedule_in(auditorium, name, start).created()
    }

    pub fn try_schedule_in(&self, auditorium: &Value, name: &str, start: &str) -> Answer {
        let draft = json!({
            "slotName": name, "startTime": start, "endTime": three_hours_after(start),
            "slotType": "Movie", "genre": "Scifi", "auditoriumId": auditorium["auditoriumId"],
        });
        self.post("/v1/slots").key(self.admin.as_str()).json(draft).send()
    }

    /// Books tickets of a slot for John, and returns the booking.
    pub fn book(&self, slot: &Value, count: u32) -> Value {
        self.post("/v1/bookings").json(order(slot, count)).send().created()
    }

    /// Returns the current state of a slot.
    pub fn slot(&self, slot: &Value) -> Value {
        self.get(&format!("/v1/slots/{}", text(slot, "slotId"))).send().ok()
    }

    /// Returns the number of available seats of a slot.
    pub fn available(&self, slot: &Value) -> u64 {
        self.slot(slot)["availTickets"].as_u64().unwrap()
    }

    /// Returns the current state of a ticket.
    pub fn ticket(&self, ticket: &Value) -> Value {
        self.get(&path_of(ticket)).send().ok()
    }

    /// Lists all tickets of a slot, with the key of the box office.
    pub fn tickets(&self, slot: &Value) -> Vec<Value> {
        let path = format!("/v1/slots/{}/tickets?limit=100", text(slot, "slotId"));
        let page = self.get(&path).key(self.box_office.as_str()).send().ok();
        assert_eq!(page["nextCursor"], Value::Null);
        page["tickets"].as_array().unwrap().clone()
    }

    /// Checks that booked tickets, expired tickets and available seats add up to the capacity of a slot.
    #[track_caller]
    pub fn adds_up(&self, slot: &Value) {
        let holds = |ticket: &&Value| ["Booked", "Expired"].map(Value::from).contains(&ticket["ticketStatus"]);
        let held = self.tickets(slot).iter().filter(holds).count() as u64;
        assert_eq!(held + self.available(slot), slot["capacity"].as_u64().unwrap(), "seats add up");
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let ended = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            ended.unwrap().expect("the server ends without an error");
        }
    }
}

/// Returns John's booking request for tickets of a slot.
pub fn order(slot: &Value, count: u32) -> Value {
    json!({
        "userName": "John", "userPhoneNumber": "9653864514",
        "slotId": slot["slotId"], "numTickets": count,
    })
}

/// Returns a price list to add.
pub fn price_list() -> Value {
    json!({
        "name": "Weekday", "currency": "EUR", "taxRate": 700,
        "prices": [
            { "ticketType": "adult", "amount": 1250 },
            { "ticketType": "child", "amount": 790 },
            { "ticketType": "adult", "zone": "lounge", "amount": 1690 },
        ],
    })
}

/// Returns the plan of an auditorium, as in a file.
pub fn plan() -> Value {
    json!({
        "name": "Hall 1",
        "legend": { ".": "standard", "L": "lounge", "w": "wheelchair", "c": "companion" },
        "rows": [
            { "row": "A", "places": "....._....." },
            { "row": "B", "places": "....._LLLLL" },
            { "row": "C", "from": 2, "step": 2, "places": "wc..._....." },
        ],
    })
}

/// Returns a member that is a text.
#[track_caller]
pub fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} is not a text in {value}"))
}

/// Returns the path of a ticket.
#[track_caller]
pub fn path_of(ticket: &Value) -> String {
    format!("/v1/tickets/{}", text(ticket, "ticketId"))
}

fn three_hours_after(start: &str) -> String {
    let start = chrono::NaiveDateTime::parse_from_str(start, "%Y-%m-%d %H:%M").unwrap();
    (start + chrono::TimeDelta::hours(3)).format("%Y-%m-%d %H:%M").to_string()
}
