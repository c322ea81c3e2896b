//! Forms: the fields that a page sends.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rand::Rng as _;
use sha2::{Digest as _, Sha256};
use ticketly_domain::IdempotencyKey;

use crate::body;
use crate::problem::Problem;
use crate::session::Session;

/// The maximum length of a form, in bytes. A seating plan is the longest field.
const LIMIT: usize = 1024 * 1024;
/// The maximum number of fields of a form.
const MAX_FIELDS: usize = 1000;
/// The code of the problem of a form that is not of the session.
pub const FOREIGN_FORM: &str = "foreign_form";
const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// The fields of a form, in their order. A name may occur several times, such as that of a list of boxes.
///
/// In a session the form must have the session's token, in the field [`Form::TOKEN`]: other sites cannot know it.
#[derive(Clone)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// The name of the field with the token of the session.
    pub const TOKEN: &'static str = "token";
    /// The name of the field with the key of a form that takes effect only once.
    pub const KEY: &'static str = "key";

    /// Mints the key of a form that is shown.
    #[must_use]
    pub fn mint_key() -> String {
        let mut bytes = [0; 16];
        rand::rng().fill_bytes(&mut bytes);
        BASE64.encode(bytes)
    }

    /// Returns the idempotency key of the form, which is bound to all its fields and to `more`: the same form that is sent twice takes
    /// effect once, and one that was changed meanwhile is another request. `None` for a form without a key.
    #[must_use]
    pub fn idempotency_key(&self, more: &str) -> Option<IdempotencyKey> {
        self.one(Self::KEY)?;
        let mut hash = Sha256::new();
        let fields = self.0.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
        for part in fields.chain([more]) {
            // The length before each part keeps two forms from giving the same input.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        IdempotencyKey::parse(&BASE64.encode(hash.finalize())).ok()
    }

    /// Creates a form of fields.
    #[must_use]
    pub fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// Returns the first field of this name, without spaces around it. `None` if there is none or it is empty.
    #[must_use]
    pub fn one<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// Returns all fields of this name that are not empty, without spaces around them.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(field, _)| field == name);
        named.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Returns whether there is a field of this name, such as that of a box or a button.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// Returns the fields whose names begin with `prefix`, with the rest of their names.
    pub fn starting<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(field, value)| Some((field.strip_prefix(prefix)?, value.trim())))
    }

    fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let fields: Vec<_> = form_urlencoded::parse(bytes)
            .take(MAX_FIELDS + 1)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if fields.len() > MAX_FIELDS {
            let title = "The form has too many fields";
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", title));
        }
        Ok(Self(fields))
    }
}

impl FromRequest for Form {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = body::check_headers_of(MEDIA_TYPE, request.headers(), LIMIT);
        let token = request.extensions().get::<Session>().map(|session| session.token.clone());
        let payload = payload.take();
        Box::pin(async move {
            checked?;
            let form = Self::read(&body::collect(payload, LIMIT).await?)?;
            if token.is_some_and(|token| form.one(Self::TOKEN) != Some(&token)) {
                let title = "The form is not of this session";
                return Err(Problem::new(StatusCode::FORBIDDEN, FOREIGN_FORM, title).because(
                    "open the page again and send its form; another session has begun since, or another site sent it",
                ));
            }
            Ok(form)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_its_fields_in_order() {
        let form = Form::read(b"seat=A1&name=+Ana+Mar%C3%ADa+&seat=A2&note=&type-Adult=2").unwrap();
        assert_eq!(form.all("seat").collect::<Vec<_>>(), ["A1", "A2"]);
        assert_eq!(form.one("name"), Some("Ana Mar\u{ed}a"));
        assert_eq!((form.one("note"), form.has("note"), form.has("none")), (None, true, false));
        assert_eq!(form.starting("type-").collect::<Vec<_>>(), [("Adult", "2")]);
    }

    #[test]
    fn a_form_is_another_request_when_any_field_differs() {
        let key =
            |fields: &str, more| Form::read(fields.as_bytes()).unwrap().idempotency_key(more).map(|key| key == first());
        assert_eq!(key("key=k&seat=A1&seat=A2", ""), Some(true));
        for (fields, more) in [
            ("key=k&seat=A1&seat=A3", ""),
            ("key=k&seat=A1A2", ""),
            ("key=k&seat=A2&seat=A1", ""),
            ("key=l&seat=A1&seat=A2", ""),
            ("key=k&seat=A1&seat=A2", "B1"),
        ] {
            assert_eq!(key(fields, more), Some(false), "{fields} {more}");
        }
        assert_eq!(key("seat=A1", ""), None);
        assert_ne!(Form::mint_key(), Form::mint_key());
    }

    fn first() -> IdempotencyKey {
        Form::read(b"key=k&seat=A1&seat=A2").unwrap().idempotency_key("").unwrap()
    }

    #[test]
    fn a_form_of_too_many_fields_is_refused() {
        let problem = Form::read("a=1&".repeat(MAX_FIELDS + 1).as_bytes()).err().unwrap();
        assert_eq!(problem.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
}
