//! What a cinema has: a bridge, orders, and a receiver of notifications.

use std::io::{BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use ticketly_adapters_payments::{
    BearerToken, Endpoint, PaymentBridge, Settings, Timeouts, WebhookSecret, WebhookSecrets,
};
use ticketly_demo_payments::DemoProvider;
use ticketly_domain::{
    HttpUrl, Money, PaymentDescription, PaymentId, PaymentNotification, PaymentOrder, PaymentProvider as _, RefundId,
    RefundOrder, SignedNotification,
};

use crate::http::{Message, TIMEOUT};

pub const NOW: DateTime<Utc> = DateTime::from_timestamp(1_919_852_551, 0).unwrap();
pub const TOKEN: &str = "example-token-of-the-bridge";
pub const SECRET: &str = "whsec_VGhpcyBzZWNyZXQgaXMgYW4gZXhhbXBsZSBvbmx5";

/// The longest time for a request of a test.
pub const PATIENCE: Duration = Duration::from_millis(500);

/// Runs a test on a runtime.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(test)
}

/// Creates the cinema's side of a bridge.
pub fn bridge(address: SocketAddr) -> PaymentBridge {
    let settings = Settings {
        endpoint: Endpoint::parse(&format!("http://{address}")).unwrap(),
        token: BearerToken::parse(TOKEN).unwrap(),
        secrets: WebhookSecrets { current: WebhookSecret::parse(SECRET).unwrap(), other: None },
        timeouts: Timeouts { request: PATIENCE, ..Timeouts::default() },
    };
    PaymentBridge::new(settings).unwrap()
}

pub fn euros(minor: u64) -> Money {
    Money::new(minor, "EUR".parse().unwrap()).unwrap()
}

/// Creates an order of so many cents, whose identifier is that of a seed.
pub fn order(seed: u64, minor: u64) -> PaymentOrder {
    let payment = PaymentId::mint(&mut StdRng::seed_from_u64(seed));
    let description = PaymentDescription::parse("Nosferatu & <Friends>, 1 November 23:30").unwrap();
    let return_url = HttpUrl::parse("https://cinema.example/paid?order=7&lang=en").unwrap();
    PaymentOrder::new(payment, euros(minor), description, return_url, NOW + TimeDelta::minutes(10)).unwrap()
}

pub fn refund(seed: u64, payment: PaymentId, minor: u64) -> RefundOrder {
    let id = RefundId::mint(&mut StdRng::seed_from_u64(seed));
    RefundOrder::new(id, payment, euros(minor)).unwrap()
}

/// The clock of a provider, which a test sets.
#[derive(Clone)]
pub struct ManualClock(Arc<Mutex<DateTime<Utc>>>);

impl ManualClock {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(NOW)))
    }

    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().unwrap() = now;
    }

    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// A demo provider and a receiver of its notifications, which refuses the first of them if a test wants that.
pub struct Stage {
    pub provider: DemoProvider,
    pub bridge: PaymentBridge,
    pub clock: ManualClock,
    received: Receiver<Message>,
}

impl Stage {
    pub fn new() -> Self {
        Self::refusing(0)
    }

    pub fn refusing(refusals: usize) -> Self {
        Self::with(refusals, |_| {})
    }

    pub fn with(refusals: usize, change: impl FnOnce(&mut ticketly_demo_payments::Settings)) -> Self {
        let clock = ManualClock::new();
        let (address, received) = receive(refusals);
        let url = HttpUrl::parse(&format!("http://{address}/payment-notifications")).unwrap();
        let (token, secret) = (BearerToken::parse(TOKEN).unwrap(), WebhookSecret::parse(SECRET).unwrap());
        let tell = clock.clone();
        let mut settings =
            ticketly_demo_payments::Settings::new(token, secret, url, Arc::new(move || tell.now())).unwrap();
        settings.retry_pause = Duration::from_millis(50);
        settings.silence = 3 * PATIENCE;
        change(&mut settings);
        let provider = DemoProvider::start(TcpListener::bind("127.0.0.1:0").unwrap(), settings).unwrap();
        let bridge = bridge(provider.address());
        Self { provider, bridge, clock, received }
    }

    /// Returns the next notification as it was received.
    pub fn received(&self) -> Message {
        self.received.recv_timeout(TIMEOUT).expect("a notification")
    }

    /// Returns whether a notification has come within a moment.
    pub fn hears_nothing(&self) -> bool {
        self.received.recv_timeout(Duration::from_millis(300)).is_err()
    }

    /// Waits until no notification is on its way any more.
    pub fn all_is_delivered(&self) {
        let begun = Instant::now();
        while self.provider.undelivered() > 0 {
            assert!(begun.elapsed() < TIMEOUT, "a notification is never delivered");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Returns the next notification as the bridge reads it.
    pub fn notified(&self) -> PaymentNotification {
        let message = self.received();
        let signed = signed(&message);
        self.bridge.read_notification(&signed, self.clock.now()).unwrap()
    }
}

/// Returns the parts of a notification that are checked.
pub fn signed(message: &Message) -> SignedNotification<'_> {
    SignedNotification {
        id: message.header("webhook-id"),
        timestamp: message.header("webhook-timestamp"),
        signature: message.header("webhook-signature"),
        body: message.body.as_bytes(),
    }
}

/// Receives notifications, of which it refuses the first `refusals` with 500.
fn receive(refusals: usize) -> (SocketAddr, Receiver<Message>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, received) = mpsc::channel();
    thread::spawn(move || {
        for count in 0.. {
            let Ok((stream, _)) = listener.accept() else { return };
            stream.set_read_timeout(Some(TIMEOUT)).unwrap();
            let mut stream = BufReader::new(stream);
            let Some(message) = Message::read(&mut stream) else { continue };
            let status = if count < refusals { "500 x" } else { "204 x" };
            let answer = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
            drop(stream.get_mut().write_all(answer.as_bytes()));
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    (address, received)
}
