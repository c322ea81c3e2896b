//! The hold of a browser: a cookie for each showing names it, so that its seats are not somebody's when the person comes back.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration as CookieAge;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::web::Data;
use ticketly_domain::{Booking, Error, Hold, HoldState, Refusal, SlotId};
use ticketly_http::secure::is_secure;

use crate::app::Web;

/// The name of the cookie.
const COOKIE: &str = "ticketly_hold";

/// Returns the cookie that names a hold at the page of its showing.
pub(super) fn remember(request: &HttpRequest, hold: &Booking) -> String {
    cookie(request, hold.showing().id(), hold.id().to_string(), CookieAge::seconds(Hold::MAX.num_seconds()))
}

/// Returns the cookie that forgets the hold of a showing.
pub(super) fn forget(request: &HttpRequest, slot: SlotId) -> String {
    cookie(request, slot, String::new(), CookieAge::ZERO)
}

fn cookie(request: &HttpRequest, slot: SlotId, value: String, age: CookieAge) -> String {
    let cookie = Cookie::build(COOKIE, value).path(format!("/showings/{slot}")).http_only(true).max_age(age);
    let cookie = cookie.secure(is_secure(request));
    if is_embedded(request) {
        // Browsers keep it for this server in frames of that site alone, so that no third site can send a form with it.
        return format!("{}; Partitioned", cookie.same_site(SameSite::None).finish());
    }
    // The page of a payment provider leads back to here, so a cookie for this site alone would be missing then.
    cookie.same_site(SameSite::Lax).finish().to_string()
}

/// Returns whether the page is in a frame of a site that may show it. Browsers take the cookie of a frame only by HTTPS.
fn is_embedded(request: &HttpRequest) -> bool {
    let is_allowed = request.app_data::<Data<Web>>().is_some_and(|web| web.look.allows_embedding());
    is_allowed && is_secure(request) && is_framed(request)
}

/// Returns whether the browser shows the page in a frame of another one.
pub(super) fn is_framed(request: &HttpRequest) -> bool {
    request.headers().get("sec-fetch-dest").is_some_and(|shown| shown.as_bytes().ends_with(b"frame"))
}

/// Returns what a browser says its hold is. It may be anything.
pub(super) fn named(request: &HttpRequest) -> String {
    request.cookie(COOKIE).map(|cookie| cookie.value().to_owned()).unwrap_or_default()
}

/// Returns the hold that a browser has of a slot. `None` when it has none, or its time is over.
pub(super) async fn own(request: &HttpRequest, web: &Web, slot: SlotId) -> Result<Option<Booking>, Error> {
    let Ok(id) = named(request).parse() else { return Ok(None) };
    let hold = match web.ticketing.held(id).await {
        Err(Error::Refused(Refusal::Unknown(_))) => return Ok(None),
        hold => hold?,
    };
    let is_held = hold.hold_state(web.now()) == Some(HoldState::Held);
    Ok(Some(hold).filter(|hold| is_held && hold.showing().id() == slot))
}
