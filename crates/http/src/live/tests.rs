use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::Responder as _;
use actix_web::body::{BoxBody, MessageBody as _};
use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use actix_web::web::Bytes;
use futures_util::future::poll_immediate;
use std::future::poll_fn;
use tokio::time::Instant;

use super::*;

const KEY: u8 = 7;

/// The state that polls return.
#[derive(Clone, Copy)]
enum State {
    Is(&'static str),
    Fails,
    IsGone,
    Panics,
    Hangs,
}

/// What is polled. Time passes only while all tasks wait.
struct Source(Mutex<State>, AtomicU32);

impl Source {
    fn new(state: State) -> (Arc<Self>, Live<u8>) {
        tokio::time::pause();
        let source = Arc::new(Self(Mutex::new(state), AtomicU32::new(0)));
        let polled = Arc::clone(&source);
        let live = Live::new(Pace::default(), Limits::default(), move |key| Arc::clone(&polled).poll(key));
        (source, live)
    }

    async fn poll(self: Arc<Self>, key: u8) -> Result<Option<Event>, Problem> {
        assert_eq!(key, KEY);
        self.1.fetch_add(1, Ordering::Relaxed);
        let state = *self.0.lock().unwrap();
        match state {
            State::Is(text) => Ok(Some(Event::new(ETag::of(text.as_bytes()), text.as_bytes()))),
            State::Fails => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "contended", "Busy")),
            State::IsGone => Ok(None),
            State::Panics => panic!("a defect of a poll"),
            State::Hangs => std::future::pending().await,
        }
    }

    fn set(&self, state: State) {
        *self.0.lock().unwrap() = state;
    }

    fn polls(&self) -> u32 {
        self.1.load(Ordering::Relaxed)
    }
}

/// The body of a stream.
struct Client(Pin<Box<BoxBody>>);

impl Client {
    /// Subscribes, and takes the hint when to retry.
    async fn of(live: &Live<u8>, has: Option<&str>) -> Self {
        let has = has.map(|text| ETag::of(text.as_bytes()));
        let stream = live.subscribe::<()>(KEY, Subscriber { has, address: None }).await.unwrap().unwrap();
        let answer = stream.respond_to(&TestRequest::get().to_http_request());
        let mut client = Self(Box::pin(answer.into_body()));
        let hint = client.next().await.unwrap();
        let millis = hint.strip_prefix("retry: ").and_then(|hint| hint.strip_suffix("\n\n")?.parse().ok());
        assert!(millis.is_some_and(|millis| (1000..=3000).contains(&millis)), "{hint}");
        client
    }

    async fn next(&mut self) -> Option<String> {
        let chunk: Option<Bytes> = poll_fn(|context| self.0.as_mut().poll_next(context)).await.map(Result::unwrap);
        chunk.map(|chunk| String::from_utf8(chunk.to_vec()).unwrap())
    }

    /// Returns what the client could read now.
    async fn ready(&mut self) -> Option<String> {
        poll_immediate(self.next()).await.flatten()
    }
}

fn event(text: &str) -> String {
    format!("id: {}\ndata: {text}\n\n", ETag::of(text.as_bytes()))
}

async fn seconds(seconds: f32) {
    sleep(Duration::from_secs_f32(seconds)).await;
}

#[actix_web::test]
async fn fifty_watchers_cost_one_poll_a_second() {
    let (source, live) = Source::new(State::Is("a"));
    let mut clients = Vec::new();
    for _ in 0..50 {
        clients.push(Client::of(&live, None).await);
    }
    assert_eq!((source.polls(), live.streams()), (1, 50));
    for client in &mut clients {
        assert_eq!(client.next().await, Some(event("a")));
    }
    seconds(3.5).await;
    assert_eq!(source.polls(), 4);
    source.set(State::Is("b"));
    for client in &mut clients {
        assert_eq!(client.next().await, Some(event("b")));
    }
    assert_eq!(source.polls(), 5);
}

#[actix_web::test]
async fn the_last_client_ends_the_polls() {
    let (source, live) = Source::new(State::Is("a"));
    let (first, second) = (Client::of(&live, None).await, Client::of(&live, None).await);
    drop(first);
    seconds(1.5).await;
    assert_eq!((source.polls(), live.streams()), (2, 1));
    drop(second);
    seconds(5.0).await;
    assert_eq!((source.polls(), live.streams(), live.0.topics().len()), (2, 0, 0));
    assert_eq!(Client::of(&live, None).await.next().await, Some(event("a")));
    assert_eq!(source.polls(), 3, "the next client starts another poller");
}

#[actix_web::test]
async fn a_client_that_leaves_ends_a_poll_that_hangs() {
    let (source, live) = Source::new(State::Hangs);
    assert!(timeout(Duration::from_secs(1), live.subscribe::<()>(KEY, Subscriber::default())).await.is_err());
    seconds(0.1).await;
    assert_eq!((source.polls(), live.streams(), live.0.topics().len()), (1, 0, 0));
}

#[actix_web::test]
async fn a_client_with_the_state_gets_nothing_until_a_change() {
    let (source, live) = Source::new(State::Is("a"));
    let (mut same, mut other) = (Client::of(&live, Some("a")).await, Client::of(&live, Some("z")).await);
    assert_eq!((same.ready().await, other.ready().await), (None, Some(event("a"))));
    seconds(5.0).await;
    assert_eq!((same.ready().await, other.ready().await), (None, None));
    source.set(State::Is("b"));
    assert_eq!((same.next().await, other.next().await), (Some(event("b")), Some(event("b"))));
}

#[actix_web::test]
async fn a_slow_client_sees_only_the_newest_state() {
    let (source, live) = Source::new(State::Is("a"));
    let mut slow = Client::of(&live, None).await;
    for state in ["b", "c", "d"] {
        seconds(1.1).await;
        source.set(State::Is(state));
    }
    seconds(1.1).await;
    assert_eq!((slow.ready().await, slow.ready().await), (Some(event("d")), None));
    source.set(State::Is("e"));
    seconds(1.1).await;
    source.set(State::Is("d"));
    seconds(1.1).await;
    assert_eq!(slow.ready().await, None, "it has this state again");
}

#[actix_web::test]
async fn a_quiet_stream_has_heartbeats() {
    let (_source, live) = Source::new(State::Is("a"));
    let (mut client, begun) = (Client::of(&live, Some("a")).await, Instant::now());
    for seconds in [15, 30] {
        assert_eq!(client.next().await.as_deref(), Some(":\n\n"));
        assert_eq!(begun.elapsed().as_secs(), seconds);
    }
}

#[actix_web::test]
async fn a_failed_poll_keeps_the_last_state() {
    let (source, live) = Source::new(State::Is("a"));
    let mut client = Client::of(&live, None).await;
    for failure in [State::Fails, State::Hangs] {
        source.set(failure);
        seconds(12.0).await;
        assert_eq!(Client::of(&live, None).await.next().await, Some(event("a")));
    }
    assert_eq!((client.ready().await, client.ready().await), (Some(event("a")), None));
    source.set(State::Is("b"));
    while client.ready().await != Some(event("b")) {
        seconds(1.0).await;
    }
}

#[actix_web::test]
async fn a_first_poll_that_fails_refuses_the_client() {
    let (source, live) = Source::new(State::Fails);
    for (state, code) in
        [(State::Fails, "contended"), (State::Hangs, "outcome_unknown"), (State::Panics, "outcome_unknown")]
    {
        source.set(state);
        let refused = live.subscribe::<()>(KEY, Subscriber::default()).await.err().unwrap();
        assert_eq!(refused.code(), code);
        seconds(0.1).await;
        assert_eq!((live.streams(), live.0.topics().len()), (0, 0), "{code}");
    }
    source.set(State::Is("a"));
    assert_eq!(Client::of(&live, None).await.next().await, Some(event("a")));
}

#[actix_web::test]
async fn a_key_that_is_gone_ends_its_streams() {
    let (source, live) = Source::new(State::Is("a"));
    for end in [State::IsGone, State::Panics] {
        source.set(State::Is("a"));
        let mut client = Client::of(&live, Some("a")).await;
        source.set(end);
        assert_eq!(client.next().await, None);
        drop(client);
        seconds(0.1).await;
        assert_eq!((live.streams(), live.0.topics().len()), (0, 0));
    }
    source.set(State::IsGone);
    assert!(live.subscribe::<()>(KEY, Subscriber::default()).await.unwrap().is_none());
}

#[actix_web::test]
async fn a_change_is_shown_before_the_interval_ends() {
    let (source, live) = Source::new(State::Is("a"));
    live.changed(&KEY);
    let (mut client, begun) = (Client::of(&live, Some("a")).await, Instant::now());
    seconds(0.3).await;
    source.set(State::Is("b"));
    live.changed(&KEY);
    assert_eq!(client.next().await, Some(event("b")));
    assert!(begun.elapsed() < Duration::from_millis(310), "after {:?}", begun.elapsed());
    for _ in 0..70 {
        live.changed(&KEY);
        seconds(0.01).await;
    }
    assert!((8..=10).contains(&source.polls()), "{} polls", source.polls());
}
