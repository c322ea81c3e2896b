//! Sessions of people at the pages of the box office and the manager.
//!
//! A session is a cookie and nothing on the server: the API key with which it was opened and the time when it ends, encrypted and
//! authenticated under a secret of the installation. Each request checks the key as that of a program, so a session ends with its key.

use std::fmt;
use std::future::{Ready, ready};

use actix_web::cookie::time::Duration as CookieAge;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng as _;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ticketly_domain::{ApiKey, KeyHash, Role};

use crate::key_cache::KeyCache;
use crate::problem::Problem;
use crate::refused::refused;
use crate::secure::is_secure;

/// The name of the cookie.
const COOKIE: &str = "ticketly_session";
/// The maximum length of the cookie's text.
const MAX_LENGTH: usize = 400;

/// The sessions of an installation.
pub struct Sessions {
    sealing: LessSafeKey,
    tokens: hmac::Key,
}

impl Sessions {
    /// How long a session lasts: a shift.
    pub const LENGTH: TimeDelta = TimeDelta::hours(12);

    /// Creates the sessions of an installation with this secret. `None` if the secret is of another length than ring's keys are.
    #[must_use]
    pub fn of(secret: &[u8; 32]) -> Option<Self> {
        let sealing = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, secret).ok()?);
        Some(Self { sealing, tokens: hmac::Key::new(hmac::HMAC_SHA256, secret) })
    }

    /// Returns the cookie of a session of this key that begins now. `None` if the machine has no randomness.
    fn begin(&self, key: &ApiKey, now: DateTime<Utc>, is_secure: bool) -> Option<Cookie<'static>> {
        let mut nonce = [0; NONCE_LEN];
        rand::rng().fill_bytes(&mut nonce);
        let ends = (now + Self::LENGTH).timestamp();
        let mut sealed = [&ends.to_be_bytes(), key.as_str().as_bytes()].concat();
        self.sealing.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed).ok()?;
        let text = BASE64.encode([&nonce[..], &sealed].concat());
        Some(cookie(text, CookieAge::seconds(Self::LENGTH.num_seconds()), is_secure))
    }

    /// Returns the key of a cookie's text. `None` when the installation did not write it, or when the session has ended.
    fn key(&self, text: &str, now: DateTime<Utc>) -> Option<ApiKey> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let mut bytes = BASE64.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = self.sealing.open_in_place(nonce, Aad::empty(), sealed).ok()?;
        let (ends, key) = opened.split_first_chunk()?;
        let key = std::str::from_utf8(key).ok()?;
        (now.timestamp() < i64::from_be_bytes(*ends)).then(|| ApiKey::parse(key).ok())?
    }

    /// Returns the token of a session's forms.
    fn token(&self, text: &str) -> String {
        BASE64.encode(hmac::sign(&self.tokens, text.as_bytes()))
    }
}

fn cookie(text: String, age: CookieAge, is_secure: bool) -> Cookie<'static> {
    let cookie = Cookie::build(COOKIE, text).path("/").http_only(true).same_site(SameSite::Strict).max_age(age);
    cookie.secure(is_secure).finish()
}

/// The session of a request. Its `Debug` form is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of its key.
    pub key: KeyHash,
    /// The role of its key.
    pub role: Role,
    /// The token that its forms must have.
    pub token: String,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Session").field(&self.role).finish()
    }
}

impl Session {
    /// Returns the session of a request. `None` when it has no cookie, the session or its key has ended, or the key was revoked.
    pub(crate) async fn open(keys: &KeyCache, request: &ServiceRequest) -> Result<Option<Self>, Problem> {
        let (Some(sessions), Some(cookie)) = (request.app_data::<Data<Sessions>>(), request.cookie(COOKIE)) else {
            return Ok(None);
        };
        let Some(key) = sessions.key(cookie.value(), keys.now()) else { return Ok(None) };
        let role = keys.role(key.as_str()).await.map_err(|error| refused(error.into()))?;
        Ok(role.map(|role| Self { key: key.hash(), role, token: sessions.token(cookie.value()) }))
    }

    /// Begins a session of a key, and returns its role with the cookie. `None` for a text that is no valid key.
    ///
    /// # Errors
    ///
    /// When the store fails, or the interface has no sessions.
    pub async fn begin(request: &HttpRequest, key: &str) -> Result<Option<(Role, Cookie<'static>)>, Problem> {
        let failed = || Problem::bare(StatusCode::INTERNAL_SERVER_ERROR);
        let keys = request.app_data::<Data<KeyCache>>().ok_or_else(failed)?;
        let sessions = request.app_data::<Data<Sessions>>().ok_or_else(failed)?;
        let role = keys.role(key).await.map_err(|error| refused(error.into()))?;
        let (Some(role), Ok(key)) = (role, ApiKey::parse(key)) else { return Ok(None) };
        let cookie = sessions.begin(&key, keys.now(), is_secure(request)).ok_or_else(failed)?;
        Ok(Some((role, cookie)))
    }

    /// Returns the cookie that ends the session of a browser.
    #[must_use]
    pub fn end(request: &HttpRequest) -> Cookie<'static> {
        cookie(String::new(), CookieAge::ZERO, is_secure(request))
    }
}

/// Extracts the session that the authorization of the request found.
impl FromRequest for Session {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or_else(|| Problem::bare(StatusCode::UNAUTHORIZED)))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn key() -> ApiKey {
        ApiKey::mint(Role::BoxOffice, &mut StdRng::seed_from_u64(1))
    }

    #[test]
    fn a_session_is_of_its_key_until_it_ends() {
        let sessions = Sessions::of(&[7; 32]).unwrap();
        let cookie = sessions.begin(&key(), NOW, true).unwrap();
        assert_eq!(sessions.key(cookie.value(), NOW), Some(key()));
        assert_eq!(sessions.key(cookie.value(), NOW + Sessions::LENGTH - TimeDelta::seconds(1)), Some(key()));
        assert_eq!(sessions.key(cookie.value(), NOW + Sessions::LENGTH), None);
        assert_eq!(
            (cookie.http_only(), cookie.same_site(), cookie.secure()),
            (Some(true), Some(SameSite::Strict), Some(true))
        );
        assert!(!cookie.value().contains(key().as_str()));
    }

    #[test]
    fn a_cookie_that_was_changed_or_is_of_another_installation_is_no_session() {
        let sessions = Sessions::of(&[7; 32]).unwrap();
        let text = sessions.begin(&key(), NOW, false).unwrap().value().to_owned();
        assert_eq!(Sessions::of(&[8; 32]).unwrap().key(&text, NOW), None);
        let bytes = BASE64.decode(&text).unwrap();
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert_eq!(sessions.key(&BASE64.encode(changed), NOW), None, "byte {index}");
        }
        for broken in ["", "!", "AAAA", &text[1..], &text.repeat(9)] {
            assert_eq!(sessions.key(broken, NOW), None);
        }
    }

    #[test]
    fn sessions_have_tokens_of_their_own() {
        let sessions = Sessions::of(&[7; 32]).unwrap();
        let [one, other] = [(); 2].map(|()| sessions.begin(&key(), NOW, false).unwrap());
        assert_ne!(one.value(), other.value());
        assert_ne!(sessions.token(one.value()), sessions.token(other.value()));
    }
}
