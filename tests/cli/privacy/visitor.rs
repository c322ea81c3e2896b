//! A client that remembers every secret that it sends and gets.

use std::cell::RefCell;
use std::fmt::Write as _;

use serde_json::Value;

use super::secrets::Secrets;
use crate::http::{Answer, Connection};
use crate::process::Server;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// A client: a program with a key, or a browser with cookies.
pub struct Visitor<'a> {
    server: &'a Server,
    secrets: &'a RefCell<Secrets>,
    headers: Vec<(&'static str, String)>,
    /// The paths of the cookies, with their names and values.
    cookies: Vec<(String, String)>,
    /// The token of the forms of its session.
    token: Option<String>,
}

impl<'a> Visitor<'a> {
    pub fn new(server: &'a Server, secrets: &'a RefCell<Secrets>) -> Self {
        Self { server, secrets, headers: Vec::new(), cookies: Vec::new(), token: None }
    }

    /// Returns a client with a key.
    pub fn with_key(server: &'a Server, secrets: &'a RefCell<Secrets>, key: &str) -> Self {
        secrets.borrow_mut().add("API key", key);
        Self { headers: vec![("Authorization", format!("Bearer {key}"))], ..Self::new(server, secrets) }
    }

    /// Returns a client that names each of its requests so.
    pub fn named(mut self, id: &str) -> Self {
        self.headers.push(("X-Request-Id", id.to_owned()));
        self
    }

    /// Returns a client whose requests have this key, so that they take effect once.
    pub fn once(mut self, key: &str) -> Self {
        self.secrets.borrow_mut().add("idempotency key", key);
        self.headers.push(("Idempotency-Key", key.to_owned()));
        self
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    pub fn delete(&mut self, path: &str) -> Answer {
        self.send("DELETE", path, None)
    }

    /// Sends JSON.
    pub fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.secrets.borrow_mut().read(body);
        self.send("POST", path, Some((JSON, &body.to_string())))
    }

    pub fn post_nothing(&mut self, path: &str) -> Answer {
        self.send("POST", path, None)
    }

    /// Sends a text that should be JSON.
    pub fn post_text(&mut self, path: &str, body: &str) -> Answer {
        self.send("POST", path, Some((JSON, body)))
    }

    /// Opens a page, and remembers what its forms hide.
    #[track_caller]
    pub fn open(&mut self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let page = answer.text().to_owned();
        for (name, kind) in [("token", "form token"), ("key", "form key")] {
            for secret in page.split(&format!(r#"name="{name}" value=""#)).skip(1) {
                self.secrets.borrow_mut().add(kind, secret.split('"').next().unwrap());
            }
        }
        if page.contains(r#"name="token""#) {
            self.token = Some(hidden(&page, "token").to_owned());
        }
        page
    }

    /// Sends a form, with the token of the session if there is one.
    pub fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token.clone();
        let token = token.as_deref().map(|token| ("token", token));
        let body = fields.iter().copied().chain(token).map(|(name, value)| format!("{name}={}", escaped(value)));
        let body = body.collect::<Vec<_>>().join("&");
        for (name, value) in fields {
            let kind = match *name {
                "name" => "userName",
                "phone" => "userPhoneNumber",
                "code" | "promotionCode" => "promotionCode",
                _ => continue,
            };
            if !value.is_empty() {
                self.secrets.borrow_mut().add(kind, value);
            }
        }
        self.send("POST", path, Some((FORM, &body)))
    }

    /// Sends a form that leads to another page, and returns the path of that.
    #[track_caller]
    pub fn go(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.submit(path, fields);
        assert_eq!(answer.status, 303, "{path}: {}", answer.text());
        answer.header("Location").unwrap().to_owned()
    }

    /// Signs in with a key.
    #[track_caller]
    pub fn sign_in(&mut self, key: &str, to: &str) {
        self.secrets.borrow_mut().add("API key", key);
        assert_eq!(self.go("/sign-in", &[("key", key)]), to);
        self.open(to);
        assert!(self.token.is_some());
    }

    fn send(&mut self, method: &str, path: &str, body: Option<(&str, &str)>) -> Answer {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept-Language: en\r\n", self.server.address);
        let mut line = |name: &str, value: &str| write!(request, "{name}: {value}\r\n").unwrap();
        self.headers.iter().for_each(|(name, value)| line(name, value));
        let cookies: Vec<_> = self.cookies.iter().filter(|(its, _)| path.starts_with(its.as_str())).collect();
        if !cookies.is_empty() {
            line("Cookie", &cookies.iter().map(|(_, cookie)| cookie.as_str()).collect::<Vec<_>>().join("; "));
        }
        if let Some((media_type, body)) = body {
            line("Content-Type", media_type);
            line("Content-Length", &body.len().to_string());
        }
        request.push_str("\r\n");
        request.push_str(body.map_or("", |(_, body)| body));
        let mut connection = Connection::to(self.server.address);
        connection.send(request.as_bytes()).unwrap();
        let answer = connection.answer().unwrap();
        if let Ok(body) = serde_json::from_str(answer.text()) {
            self.secrets.borrow_mut().read(&body);
        }
        if let Some(set) = answer.header("Set-Cookie") {
            self.keep(set);
        }
        answer
    }

    fn keep(&mut self, set: &str) {
        let part = |name: &str| set.split("; ").find_map(|part| part.strip_prefix(name)).unwrap().to_owned();
        self.cookies.retain(|(its, _)| *its != part("Path="));
        if part("Max-Age=") != "0" {
            let cookie = set.split(';').next().unwrap();
            self.secrets.borrow_mut().add("cookie", cookie.split_once('=').unwrap().1);
            self.cookies.push((part("Path="), cookie.to_owned()));
        }
    }
}

/// Returns the value of the first field of this name on a page.
#[track_caller]
pub fn hidden<'p>(page: &'p str, name: &str) -> &'p str {
    let (_, rest) =
        page.split_once(&format!(r#"name="{name}" value=""#)).unwrap_or_else(|| panic!("no {name}: {page}"));
    rest.split('"').next().unwrap()
}

/// Returns a text as the value of a field in a form or a query.
pub fn escaped(text: &str) -> String {
    let escape = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(escape).collect()
}
