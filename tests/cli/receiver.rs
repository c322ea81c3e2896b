//! A receiver of traces, which decodes them with the library of OpenTelemetry.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1;
use prost::Message as _;

use crate::process::TIMEOUT;

/// The status of a receiver that never answers.
pub const SILENT: u16 = 0;

/// The head and the body of a request.
pub type Request = (String, Vec<u8>);

/// A receiver that runs until its test ends.
#[derive(Clone)]
pub struct Receiver {
    pub address: SocketAddr,
    /// The status with which it answers.
    status: Arc<AtomicU16>,
    /// The requests that it has answered with 200.
    taken: Arc<Mutex<Vec<Request>>>,
}

/// A span, and the resource that has sent it.
#[derive(Debug, Clone)]
pub struct Span {
    pub of: v1::Span,
    pub attributes: BTreeMap<String, String>,
    pub resource: BTreeMap<String, String>,
}

impl Receiver {
    pub fn start() -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    pub fn at(listener: TcpListener) -> Self {
        let address = listener.local_addr().unwrap();
        let receiver = Self { address, status: Arc::new(AtomicU16::new(200)), taken: Arc::default() };
        let shared = receiver.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let receiver = shared.clone();
                thread::spawn(move || receiver.answer(&stream.unwrap()));
            }
        });
        receiver
    }

    /// Answers with this status from now on.
    pub fn answer_with(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// Returns the options of a server that sends its traces here.
    pub fn options(&self) -> [String; 2] {
        ["--otlp-endpoint".to_owned(), format!("http://{}", self.address)]
    }

    /// Answers the requests of a connection.
    fn answer(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        loop {
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                if reader.read_line(&mut head).unwrap_or(0) == 0 {
                    return;
                }
            }
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap()];
            reader.read_exact(&mut body).unwrap();
            let status = self.status.load(Ordering::SeqCst);
            if status == SILENT {
                thread::sleep(2 * TIMEOUT);
            }
            if status == 200 {
                self.taken.lock().unwrap().push((head, body));
            }
            let answer = format!("HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n\r\n");
            if reader.get_mut().write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }

    /// Returns the requests that were taken.
    pub fn taken(&self) -> Vec<Request> {
        self.taken.lock().unwrap().clone()
    }

    /// Returns the bodies of all requests as a text. Bytes that are no text are replaced.
    pub fn text(&self) -> String {
        self.taken().iter().map(|(_, body)| String::from_utf8_lossy(body).into_owned()).collect()
    }

    /// Returns the spans that were taken.
    pub fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        for (_, body) in self.taken() {
            for sent in ExportTraceServiceRequest::decode(&*body).unwrap().resource_spans {
                let resource = texts(&sent.resource.as_ref().unwrap().attributes);
                for of in sent.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                    spans.push(Span { attributes: texts(&of.attributes), resource: resource.clone(), of });
                }
            }
        }
        spans
    }

    /// Returns the one span with this name.
    #[track_caller]
    pub fn span(&self, name: &str) -> Span {
        let mut found = self.spans();
        found.retain(|span| span.of.name == name);
        assert_eq!(found.len(), 1, "{name} in {:?}", self.names());
        found.remove(0)
    }

    pub fn names(&self) -> Vec<String> {
        self.spans().into_iter().map(|span| span.of.name).collect()
    }

    /// Waits until such a span has come.
    #[track_caller]
    pub fn until(&self, name: &str) {
        let begun = Instant::now();
        while !self.names().iter().any(|known| known == name) {
            assert!(begun.elapsed() < TIMEOUT, "{name} does not come: {:?}", self.names());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Returns attributes as texts.
fn texts(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |attribute: &KeyValue| match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(any_value::Value::StringValue(text)) => text.clone(),
        Some(any_value::Value::IntValue(number)) => number.to_string(),
        other => panic!("{} is {other:?}", attribute.key),
    };
    attributes.iter().map(|attribute| (attribute.key.clone(), text(attribute))).collect()
}
