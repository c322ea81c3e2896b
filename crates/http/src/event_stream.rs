//! Server-sent events: answers of the type `text/event-stream` (section 9.2 of the HTML standard).
//!
//! The deadline of requests and the log of slow ones concern an answer until its head is sent, so a stream is outside of
//! both. It ends when the server is told to stop, and when its client leaves.

use std::convert::Infallible;
use std::future::{Future, Ready, poll_fn, ready};
use std::marker::PhantomData;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use actix_web::body::{BodyStream, BoxBody};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::mime::TEXT_EVENT_STREAM;
use actix_web::rt::time::timeout;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use futures_util::{Stream, StreamExt as _, stream};
use paperclip::actix::OperationModifier;
use paperclip::v2::models::{
    DataType, DefaultOperationRaw, DefaultSchemaRaw, Either, MediaRange, ParameterIn, Response,
};
use paperclip::v2::schema::Apiv2Schema;
use rand::RngExt as _;

use crate::etag::ETag;
use crate::extract::document_text;
use crate::limit::address_of;
use crate::stopping::Stopping;
use crate::watch::Watch;

/// When a client connects again after its stream has ended, in milliseconds. It is random, so that the clients of a
/// server that stops do not return together.
const RETRY: std::ops::RangeInclusive<u32> = 1000..=3000;
/// A comment. It keeps proxies from closing a quiet connection, and finds out whether the client is still there.
const HEARTBEAT: Bytes = Bytes::from_static(b":\n\n");
const LAST_EVENT_ID: &str = "Last-Event-ID";

/// An event that tells a client the state of something. Its `id` is the entity tag of the state.
#[derive(Debug, Clone)]
pub struct Event {
    id: ETag,
    /// The event as it is sent, so that all clients share the bytes.
    text: Bytes,
}

impl Event {
    /// Creates an event without a name, which browsers deliver as `message`.
    #[must_use]
    pub fn new(id: ETag, data: &[u8]) -> Self {
        Self::create(id, "", data)
    }

    /// Creates an event with a name.
    #[must_use]
    pub fn named(name: &'static str, id: ETag, data: &[u8]) -> Self {
        Self::create(id, &format!("event: {name}\n"), data)
    }

    fn create(id: ETag, name: &str, data: &[u8]) -> Self {
        let mut text = format!("id: {id}\n{name}").into_bytes();
        let mut rest = Some(data);
        while let Some(lines) = rest {
            let end = lines.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let (line, after) = lines.split_at(end.unwrap_or(lines.len()));
            text.extend_from_slice(b"data: ");
            text.extend_from_slice(line);
            text.push(b'\n');
            rest = after.strip_prefix(b"\r\n").or_else(|| after.get(1..));
        }
        text.push(b'\n');
        Self { id, text: text.into() }
    }

    pub(crate) fn id(&self) -> ETag {
        self.id
    }
}

/// A client that asks for a stream.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subscriber {
    /// The state that it has, from the header Last-Event-ID. `None` also for an identifier that is no tag.
    pub(crate) has: Option<ETag>,
    /// The address that it counts for. `None` on a server without a rate limit.
    pub(crate) address: Option<IpAddr>,
}

impl FromRequest for Subscriber {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let has = request.headers().get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse().ok());
        ready(Ok(Self { has, address: address_of(request) }))
    }
}

/// A 200 answer whose body is a stream of events. The data of each is a `T` as JSON.
pub struct EventStream<T> {
    events: Pin<Box<dyn Stream<Item = Event>>>,
    heartbeat: Duration,
    data: PhantomData<T>,
}

impl<T> EventStream<T> {
    /// Creates an answer that ends when `events` end. `heartbeat` is the longest time without a byte.
    pub fn new(events: impl Stream<Item = Event> + 'static, heartbeat: Duration) -> Self {
        Self { events: Box::pin(events), heartbeat, data: PhantomData }
    }
}

impl<T> Responder for EventStream<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<BoxBody> {
        let watch = request.conn_data::<Arc<Watch>>().cloned();
        let stopping = request.app_data::<Data<Stopping>>().map(|stopping| stopping.get_ref().clone());
        let retry = format!("retry: {}\n\n", rand::rng().random_range(RETRY));
        let texts = with_heartbeats(self.events, self.heartbeat).take_until(end(stopping, watch));
        let body = stream::once(ready(Bytes::from(retry))).chain(texts).map(Ok::<_, Infallible>);
        let mut answer = HttpResponse::Ok();
        answer.content_type(TEXT_EVENT_STREAM);
        // nginx would hold back events, and a proxy that compresses might.
        answer.insert_header((HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")));
        answer.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform")));
        // A server that stops would have to wait for another request on this connection.
        answer.force_close();
        answer.body(BodyStream::new(body))
    }
}

/// Returns the texts of events, with a comment whenever there is none for a while.
fn with_heartbeats(events: Pin<Box<dyn Stream<Item = Event>>>, heartbeat: Duration) -> impl Stream<Item = Bytes> {
    stream::unfold(events, move |mut events| async move {
        let text = match timeout(heartbeat, events.next()).await {
            Ok(event) => event?.text,
            Err(_) => HEARTBEAT,
        };
        Some((text, events))
    })
}

/// Waits until the server stops or the client leaves. The connection is not idle until then. actix polls a body also
/// when its client closes the connection.
async fn end(stopping: Option<Stopping>, watch: Option<Arc<Watch>>) {
    let in_flight = watch.as_ref().map(Watch::in_flight);
    if let Some(watch) = &watch {
        watch.close_unreachable();
    }
    let stops = async {
        match stopping {
            Some(stopping) => stopping.announced().await,
            None => std::future::pending().await,
        }
    };
    let mut stops = std::pin::pin!(stops);
    poll_fn(|context| match &watch {
        Some(watch) if watch.client_left() => Poll::Ready(()),
        _ => stops.as_mut().poll(context),
    })
    .await;
    drop(in_flight);
}

// Documentation through paperclip.

impl Apiv2Schema for Subscriber {}

impl OperationModifier for Subscriber {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        let description = "The id of the last event that the client has received. While it is the current state, no \
                           event is sent. Browsers send it when they connect again.";
        document_text(op, ParameterIn::Header, (LAST_EVENT_ID, description, ""));
    }
}

impl<T> Apiv2Schema for EventStream<T> {}

impl<T: Apiv2Schema> OperationModifier for EventStream<T> {
    fn update_parameter(_: &mut DefaultOperationRaw) {}

    fn update_response(op: &mut DefaultOperationRaw) {
        let data = T::name().map(|name| format!(" The data of each is a {name} as JSON.")).unwrap_or_default();
        let response = Response {
            description: Some(format!("Server-sent events.{data}")),
            schema: Some(DefaultSchemaRaw { data_type: Some(DataType::String), ..DefaultSchemaRaw::default() }),
            ..Response::default()
        };
        op.produces.get_or_insert_default().insert(MediaRange(TEXT_EVENT_STREAM));
        op.responses.insert(StatusCode::OK.as_str().to_owned(), Either::Right(response));
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{Ipv4Addr, TcpListener, TcpStream};

    use actix_web::body::MessageBody as _;
    use actix_web::middleware::from_fn;
    use actix_web::rt::time::sleep;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpServer, rt, web};
    use tokio::time::Instant;

    use super::*;
    use crate::metrics::Metrics;
    use crate::request_context::{DEADLINE, request_context};
    use crate::watch::Watches;

    #[test]
    fn each_line_of_the_data_has_its_name() {
        let id = ETag::of(b"abc");
        for (data, lines) in [
            ("", "data: \n"),
            ("a", "data: a\n"),
            ("a\nb\r\nc\rd", "data: a\ndata: b\ndata: c\ndata: d\n"),
            ("\n\r\r\n", "data: \ndata: \ndata: \ndata: \n"),
        ] {
            let text = |event: Event| String::from_utf8(event.text.to_vec()).unwrap();
            assert_eq!(text(Event::new(id, data.as_bytes())), format!("id: {id}\n{lines}\n"), "{data:?}");
            let named = text(Event::named("seats", id, data.as_bytes()));
            assert_eq!(named, format!("id: {id}\nevent: seats\n{lines}\n"), "{data:?}");
        }
    }

    #[actix_web::test]
    async fn a_stream_outlives_the_deadline_of_requests() {
        tokio::time::pause();
        let late = || async {
            let event = Event::new(ETag::of(b"late"), b"late");
            let events = stream::once(async {
                sleep(3 * DEADLINE).await;
                event
            });
            EventStream::<()>::new(events, Duration::MAX)
        };
        let app =
            App::new().wrap(from_fn(|request, next| request_context((None, Metrics::default(), None), request, next)));
        let app = init_service(app.route("/", web::get().to(late))).await;
        let begun = Instant::now();
        let mut body = Box::pin(call_service(&app, TestRequest::get().to_request()).await.into_body());
        let mut texts = Vec::new();
        while let Some(text) = poll_fn(|context| body.as_mut().poll_next(context)).await {
            texts.push(String::from_utf8(text.unwrap().to_vec()).unwrap());
        }
        assert!(begun.elapsed() >= 3 * DEADLINE);
        assert!(texts.len() == 2 && texts[1].ends_with("data: late\n\n"), "{texts:?}");
    }

    #[actix_web::test]
    async fn the_connection_of_a_stream_is_not_idle() {
        let quiet = || async { EventStream::<()>::new(stream::pending(), Duration::from_millis(5)) };
        let watches = Watches::default();
        let watched = watches.clone();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let app = move || {
            let app = App::new()
                .wrap(from_fn(|request, next| request_context((None, Metrics::default(), None), request, next)));
            app.route("/", web::get().to(quiet))
        };
        let server = HttpServer::new(app).on_connect(move |connection, data| watches.add(connection, data));
        let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
        let handle = server.handle();
        rt::spawn(server);
        let reading = rt::task::spawn_blocking(move || {
            client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            let mut heartbeats = || {
                let (mut got, mut buffer) = (String::new(), [0; 1024]);
                while got.matches(":\n\n").count() < 3 {
                    let count = client.read(&mut buffer).unwrap();
                    assert!(count > 0, "the connection was closed");
                    got += str::from_utf8(&buffer[..count]).unwrap();
                }
            };
            heartbeats();
            watched.close_idle_now(Duration::ZERO);
            heartbeats();
        });
        reading.await.unwrap();
        handle.stop(false).await;
    }
}
