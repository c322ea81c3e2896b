//! Answers, and the checks that apply to every answer.

use std::fmt;
use std::sync::LazyLock;

use serde_json::Value;

use super::app::DOCUMENT;

/// An answer of the server.
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    raw: Vec<u8>,
}

/// The codes in the document.
pub static CODES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let codes = DOCUMENT["components"]["schemas"]["Problem"]["properties"]["code"]["enum"].as_array().unwrap();
    codes.iter().map(|code| code.as_str().unwrap()).collect()
});

/// The members that a problem document may have.
const MEMBERS: [&str; 19] = [
    "type",
    "title",
    "status",
    "detail",
    "code",
    "availTickets",
    "ticketStatus",
    "heldUntil",
    "seats",
    "alternative",
    "proposals",
    "seat",
    "zones",
    "slotId",
    "slotName",
    "startTime",
    "occupiedUntil",
    "errors",
    "requestId",
];

impl Answer {
    pub fn parse(raw: Vec<u8>, is_head: bool) -> Self {
        let Some(end) = end_of_head(&raw) else { panic!("no answer: {:?}", String::from_utf8_lossy(&raw)) };
        let (status, headers) = head(&raw[..end]);
        let body = raw[end..].to_vec();
        let answer = Self { status, headers, body, raw };
        if let (Some(length), false) = (answer.header("content-length"), is_head) {
            assert_eq!(length, answer.body.len().to_string(), "the announced length is the body's: {answer}");
        }
        answer
    }

    /// Returns whether the bytes contain the whole announced answer.
    pub fn complete(raw: &[u8], is_head: bool) -> bool {
        let Some(end) = end_of_head(raw) else { return false };
        let (_, headers) = head(&raw[..end]);
        let length = headers.iter().find(|(name, _)| name == "content-length");
        is_head || length.is_some_and(|(_, length)| raw.len() - end >= length.parse::<usize>().unwrap())
    }

    /// Returns the value of a header, which may occur only once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(given, _)| given.eq_ignore_ascii_case(name));
        let value = values.next().map(|(_, value)| value.as_str());
        assert_eq!(values.next(), None, "{name} occurs once: {self}");
        value
    }

    /// Returns the value of a required header.
    #[track_caller]
    pub fn the(&self, name: &str) -> &str {
        self.header(name).unwrap_or_else(|| panic!("no {name} in {self}"))
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// Returns whether the answer contains these words.
    pub fn mentions(&self, words: &str) -> bool {
        self.to_string().to_lowercase().contains(&words.to_lowercase())
    }

    /// Returns the body of a 200 answer.
    #[track_caller]
    pub fn ok(&self) -> Value {
        self.success(200)
    }

    /// Returns the body of a 201 answer, and checks that its Location is a path.
    #[track_caller]
    pub fn created(&self) -> Value {
        assert!(self.the("location").starts_with("/v1/"), "{self}");
        self.success(201)
    }

    #[track_caller]
    fn success(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self}");
        assert_eq!(self.the("content-type"), "application/json", "{self}");
        assert_ne!(self.the("x-request-id"), "", "{self}");
        self.json()
    }

    /// Returns the problem document, and checks its status, its code and its conformance to RFC 9457 and the document.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{self}");
        assert_eq!(self.the("content-type"), "application/problem+json", "{self}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{self}");
        assert!(CODES.contains(&code), "{code} is documented");
        assert_eq!(problem["type"], format!("urn:ticketly:problem:{code}"), "{self}");
        assert_eq!(problem["status"], status, "{self}");
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{self}");
        assert_eq!(problem["requestId"], self.the("x-request-id"), "{self}");
        let members: Vec<_> = problem.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(members.iter().all(|name| MEMBERS.contains(name)), "{self}");
        problem
    }

    /// Returns the invalid parts of the request, in order: their pointers, parameters or headers.
    #[track_caller]
    pub fn invalid(&self) -> Vec<String> {
        let problem = self.problem(422, "invalid");
        let errors = problem["errors"].as_array().unwrap();
        assert!(!errors.is_empty(), "{self}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(!detail.starts_with(':') && !detail.contains("; :"), "names every part: {self}");
        let name = |error: &Value| {
            assert!(error["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{self}");
            let names = ["pointer", "parameter", "header"].map(|kind| error[kind].as_str().map(|name| (kind, name)));
            let mut names = names.into_iter().flatten();
            let (kind, name) = names.next().unwrap_or_else(|| panic!("names no part: {self}"));
            assert_eq!(names.next(), None, "names one part: {self}");
            format!("{kind} {name}")
        };
        errors.iter().map(name).collect()
    }
}

/// The answer as it was received.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.raw))
    }
}

fn end_of_head(raw: &[u8]) -> Option<usize> {
    raw.windows(4).position(|four| four == b"\r\n\r\n").map(|start| start + 4)
}

fn head(bytes: &[u8]) -> (u16, Vec<(String, String)>) {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let mut lines = text.trim_end().split("\r\n");
    let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")).and_then(|line| line.get(..3));
    let header = |line: &str| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_ascii_lowercase(), value.trim().to_owned())
    };
    (status.unwrap().parse().unwrap(), lines.map(header).collect())
}
