//! Streams and conditional GET over real HTTP, on a server with routes of its own.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use actix_web::rt::System;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use serde::Serialize;
use serde_json::json;
use ticketly_http::authorization::Access::Anyone;
use ticketly_http::clock::Clock;
use ticketly_http::cors::Cors;
use ticketly_http::etag::{Conditional, ETag, IfNoneMatch};
use ticketly_http::event_stream::{Event, EventStream, Subscriber};
use ticketly_http::limit::Rate;
use ticketly_http::live::{Live, Pace};
use ticketly_http::metrics::Metrics;
use ticketly_http::problem::Problem;
use ticketly_http::route::{Route, record, route};
use ticketly_http::server::{Interface, Settings, serve};
use ticketly_http::stream_limit::Limits;
use ticketly_http::zone::Zone;
use tokio::sync::oneshot;

use crate::backing;
use crate::http::answer::Answer;
use crate::http::client::Call;

/// The longest time for a stream, and for what a test waits for.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A number, which is the only state.
#[derive(Default)]
struct Shared {
    number: AtomicU32,
    built: AtomicU32,
}

/// The state.
#[derive(Serialize, Apiv2Schema)]
struct Shown {
    /// The number.
    number: u32,
}

fn tag(number: u32) -> ETag {
    ETag::of(&number.to_be_bytes())
}

#[api_v2_operation]
async fn show(shared: Data<Shared>, asked: IfNoneMatch) -> Result<Conditional<Shown>, Problem> {
    let number = shared.number.load(Ordering::Relaxed);
    Ok(Conditional::new(&asked, tag(number), || {
        shared.built.fetch_add(1, Ordering::Relaxed);
        Shown { number }
    }))
}

#[api_v2_operation]
async fn watch(live: Data<Live<()>>, subscriber: Subscriber) -> Result<EventStream<Shown>, Problem> {
    live.subscribe((), subscriber).await?.ok_or_else(|| Problem::bare(actix_web::http::StatusCode::NOT_FOUND))
}

fn routes() -> Vec<Route> {
    vec![route("/number").get(Anyone, show), route("/number/live").get(Anyone, watch)]
}

struct Now;

impl Clock for Now {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }
}

/// A server whose streams have a heartbeat every 50 ms. It stops when it is dropped.
struct Server {
    address: SocketAddr,
    shared: Data<Shared>,
    live: Data<Live<()>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _home: Box<dyn Send + Sync>,
}

impl Server {
    fn start() -> Self {
        Self::with(Limits::default(), None, Duration::ZERO)
    }

    fn with(limits: Limits, rate: Option<Rate>, linger: Duration) -> Self {
        let (_, keys, home) = backing::open();
        let shared = Data::new(Shared::default());
        let polled = shared.clone();
        let pace = Pace { interval: Duration::from_millis(20), heartbeat: Duration::from_millis(50) };
        let live = Data::new(Live::new(pace, limits, move |()| {
            let number = polled.number.load(Ordering::Relaxed);
            let data = json!({ "number": number }).to_string();
            async move { Ok(Some(Event::named("number", tag(number), data.as_bytes()))) }
        }));
        let (state, watched) = (shared.clone(), live.clone());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let interface = Interface {
            routes: Arc::new(routes),
            state: Arc::new(move |config| {
                config.app_data(state.clone()).app_data(watched.clone());
            }),
            overloaded: Arc::new(|| true),
            keys,
            clock: Arc::new(Now),
            zone: Zone(Tz::UTC),
            metrics: Metrics::default(),
            traces: None,
        };
        let settings = Settings {
            workers: 2,
            connections: 1000,
            keep_alive: Duration::from_secs(75),
            rate,
            holds_per_minute: None,
            cors: Cors::default(),
            linger,
            drain_seconds: 30,
            proxies: 0,
            certificate: None,
        };
        let thread = thread::spawn(move || {
            System::new().block_on(serve(interface, listener, settings, async { drop(stopped.await) })).unwrap();
        });
        Self { address, shared, live, stop: Some(stop), thread: Some(thread), _home: home }
    }

    fn set(&self, number: u32) {
        self.shared.number.store(number, Ordering::Relaxed);
    }

    fn get(&self, path: &str) -> Call {
        Call::new(self.address, "GET", path)
    }

    fn watch(&self) -> Stream {
        Stream::open(self.address, "")
    }

    fn watch_after(&self, id: &str) -> Stream {
        Stream::open(self.address, &format!("Last-Event-ID: {id}\r\n"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.take().map(|stop| stop.send(()));
        let ended = self.thread.take().map_or(Ok(()), JoinHandle::join);
        if !thread::panicking() {
            ended.expect("the server ends without an error");
        }
    }
}

/// A client of a stream.
struct Stream {
    socket: TcpStream,
    opened: Instant,
    raw: Vec<u8>,
}

impl Stream {
    fn open(address: SocketAddr, headers: &str) -> Self {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(TIMEOUT)).unwrap();
        socket.write_all(format!("GET /number/live HTTP/1.1\r\nHost: x\r\n{headers}\r\n").as_bytes()).unwrap();
        Self { socket, opened: Instant::now(), raw: Vec::new() }
    }

    /// Reads more. Returns `false` at the end.
    fn read(&mut self) -> bool {
        let mut buffer = [0; 4096];
        let count = self.socket.read(&mut buffer).unwrap_or_else(|error| panic!("{error} after {}", self.text()));
        self.raw.extend(&buffer[..count]);
        // Heartbeats could go on for ever.
        assert!(self.opened.elapsed() < TIMEOUT, "only {}", self.text());
        count > 0
    }

    /// Reads an answer that is no stream.
    fn answer(&mut self) -> Answer {
        while !Answer::complete(&self.raw, false) && self.read() {}
        Answer::parse(self.raw.clone(), false)
    }

    /// Returns what the stream has sent, without the head and the frames of chunks.
    fn text(&self) -> String {
        let raw = String::from_utf8(self.raw.clone()).unwrap();
        let mut rest = raw.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let mut text = String::new();
        while let Some((length, after)) = rest.split_once("\r\n") {
            let Some(chunk) = after.get(..usize::from_str_radix(length, 16).unwrap()) else { break };
            text += chunk;
            rest = after.get(chunk.len() + 2..).unwrap_or_default();
        }
        text
    }

    /// Reads until the stream has sent these words.
    fn until(&mut self, words: &str) -> String {
        while !self.text().contains(words) {
            assert!(self.read(), "ended without {words}: {}", self.text());
        }
        self.text()
    }

    /// Reads to the end, which must be the last chunk.
    fn end(&mut self) -> String {
        while self.read() {}
        assert!(self.raw.ends_with(b"\r\n0\r\n\r\n"), "cut off: {}", self.text());
        self.text()
    }
}

fn event(number: u32) -> String {
    format!("id: {}\nevent: number\ndata: {{\"number\":{number}}}\n\n", tag(number))
}

/// Waits for a condition.
#[track_caller]
fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < TIMEOUT, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_stream_shows_the_state_and_each_change() {
    let server = Server::start();
    let mut stream = server.watch();
    stream.until(&event(0));
    server.set(1);
    let text = stream.until(&event(1));
    assert!(text.starts_with("retry: ") && text.matches("id: ").count() == 2, "{text}");
    let head = String::from_utf8_lossy(&stream.raw).to_lowercase();
    for line in [
        "http/1.1 200 ok",
        "content-type: text/event-stream",
        "cache-control: no-store, no-transform",
        "x-accel-buffering: no",
        "connection: close",
        "x-request-id: ",
    ] {
        assert!(head.contains(line), "{line} in {head}");
    }
}

#[test]
fn a_client_that_returns_gets_only_what_it_lacks() {
    let server = Server::start();
    server.set(5);
    let [mut same, mut other, mut foreign] =
        [&tag(5).to_string(), &tag(4).to_string(), "nonsense"].map(|id| server.watch_after(id));
    other.until(&event(5));
    foreign.until(&event(5));
    assert!(!same.until(":\n\n:\n\n").contains("data"), "{}", same.text());
    server.set(6);
    assert_eq!(same.until(&event(6)).matches("id: ").count(), 1);
}

fn refused(answer: &Answer, status: u16, detail: &str) {
    assert_eq!(answer.status, status, "{answer}");
    assert_eq!(answer.the("content-type"), "application/problem+json");
    assert_eq!(answer.the("retry-after"), "10");
    let problem = answer.json();
    assert_eq!((&problem["code"], &problem["detail"]), (&json!("too_many_streams"), &json!(detail)));
}

#[test]
fn too_many_streams_are_refused() {
    let rate = Rate { per_second: NonZeroU32::new(1000).unwrap(), proxies: 1 };
    let server = Server::with(Limits { streams: 3, per_address: 2 }, Some(rate), Duration::ZERO);
    let of = |address: &str| Stream::open(server.address, &format!("X-Forwarded-For: {address}\r\n"));
    let mut open = ["7.0.0.1", "7.0.0.1", "7.0.0.2"].map(of);
    for stream in &mut open {
        stream.until(&event(0));
    }
    refused(&of("7.0.0.3").answer(), 503, "the server has 3, the most that it serves");
    let [first, _second, third] = open;
    drop(third);
    wait_for("a client that leaves makes room", || server.live.streams() == 2);
    refused(&of("7.0.0.1").answer(), 429, "this address has 2, the most that one may have");
    of("7.0.0.3").until(&event(0));
    drop(first);
    wait_for("an address gets its room back", || server.live.streams() == 1);
    of("7.0.0.1").until(&event(0));
}

#[test]
fn a_stream_ends_when_its_client_stops_sending() {
    let server = Server::start();
    let mut stream = server.watch();
    stream.until(&event(0));
    stream.socket.shutdown(std::net::Shutdown::Write).unwrap();
    stream.end();
    wait_for("nothing is left of it", || server.live.streams() == 0);
}

#[test]
fn streams_end_when_the_server_begins_to_stop() {
    let linger = Duration::from_secs(2);
    let mut server = Server::with(Limits::default(), None, linger);
    let mut streams = [(); 3].map(|()| server.watch());
    for stream in &mut streams {
        stream.until(&event(0));
    }
    let begun = Instant::now();
    server.stop.take().unwrap().send(()).unwrap();
    for stream in &mut streams {
        stream.end();
    }
    // A browser that returns during the linger is sent away in a way that makes it return once more.
    let late = server.watch().end();
    assert!(late.starts_with("retry: ") && !late.contains("data"), "{late}");
    assert!(begun.elapsed() < linger, "after {:?}", begun.elapsed());
    server.thread.take().unwrap().join().unwrap();
    // Closing the listener takes 0.4 s more, and a second if connections are open.
    assert!(begun.elapsed() < 2 * linger, "after {:?}", begun.elapsed());
}

#[test]
fn head_of_a_stream_is_its_headers() {
    let server = Server::start();
    let head = Call::new(server.address, "HEAD", "/number/live").send();
    assert_eq!((head.status, head.body.len()), (200, 0), "{head}");
    assert_eq!(head.the("content-type"), "text/event-stream");
    assert_eq!(server.live.streams(), 0);
    // The connection ends with the headers.
    let mut socket = TcpStream::connect(server.address).unwrap();
    socket.write_all(b"HEAD /number/live HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut got = String::new();
    let read = socket.read_to_string(&mut got).map_err(|error| error.kind());
    assert!(read.is_ok() || read == Err(ErrorKind::ConnectionReset), "{read:?}");
    assert!(got.ends_with("\r\n\r\n") && got.matches("\r\n\r\n").count() == 1, "{got}");
}

#[test]
fn an_unchanged_body_is_neither_built_nor_sent() {
    let server = Server::start();
    let whole = server.get("/number").send();
    assert_eq!((whole.ok(), whole.the("cache-control")), (json!({ "number": 0 }), "no-cache"));
    let etag = whole.the("etag");
    assert_eq!(etag, tag(0).to_string());
    for method in ["GET", "HEAD"] {
        let call = Call::new(server.address, method, "/number").header("If-None-Match", "\"a\"");
        let same = call.header("If-None-Match", format!("\"b\", W/{etag}")).send();
        assert_eq!((same.status, same.body.len(), same.the("etag")), (304, 0, etag), "{same}");
        assert_eq!((same.the("cache-control"), same.header("content-type")), ("no-cache", None), "{same}");
    }
    assert_eq!(server.shared.built.load(Ordering::Relaxed), 1);
    server.set(1);
    let changed = server.get("/number").header("If-None-Match", etag).send();
    assert_eq!(changed.ok(), json!({ "number": 1 }));
}

#[test]
fn streams_and_tags_are_documented() {
    let document = record(routes(), paperclip::v2::models::DefaultApiRaw::default());
    let at = |path: &str| document.pointer(path).cloned().unwrap_or_default();
    let (plain, live) = ("/paths/~1number/get", "/paths/~1number~1live/get");
    let names = |operation: &str| {
        let parameters = at(&format!("{operation}/parameters"));
        let parameters = parameters.as_array().unwrap().iter();
        parameters.map(|parameter| (parameter["in"].clone(), parameter["name"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(names(plain), [(json!("header"), json!("If-None-Match"))]);
    assert_eq!(names(live), [(json!("header"), json!("Last-Event-ID"))]);
    assert_eq!(at(&format!("{plain}/responses/304")), json!({ "description": "Not Modified" }));
    assert!(at(&format!("{plain}/responses/200/content")).get("application/json").is_some(), "{document:#}");
    let content = at(&format!("{live}/responses/200/content"));
    assert_eq!(content, json!({ "text/event-stream": { "schema": { "type": "string" } } }));
    assert!(at(&format!("{live}/responses/200/description")).as_str().unwrap().contains("a Shown as JSON"));
}
