//! What a person does with a hold: more time, giving it up, booking it, and paying for it.

use actix_web::http::StatusCode;
use actix_web::http::header::HOST;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::html;
use ticketly_domain::{
    ConfirmRequest, Error, HttpUrl, Invalid, PaymentId, PaymentRequest, PhoneNumber, Refusal, UserName,
};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::path_id::HoldId;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::secure::is_secure;

use super::held;
use super::hold::{NAME, PHONE, Person, View};
use super::tickets::NO_INDEX;
use crate::app::Web;
use crate::assets::CUSTOMER_CSS;
use crate::locale::{Words, texts};
use crate::page::{Page, add_cookie, see_other};
use crate::refusal;

/// Lets a hold last longer. The page keeps what was typed, so it is the answer itself.
pub(crate) async fn extend(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    id: Id<HoldId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let person = Person::given(&form);
    match web.ticketing.extend(id.0.0, None, web.now()).await {
        Ok(_) => View::read(&web, words, id.0).await.map_err(refused)?.answer(&request, &person, None).await,
        Err(error) => shown(&request, &web, words, id.0, &person, error).await,
    }
}

/// Gives a hold up, and shows the seats of its showing.
pub(crate) async fn release(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    id: Id<HoldId>,
) -> Result<HttpResponse, Problem> {
    match web.ticketing.release(id.0.0, None, web.now()).await {
        Ok(hold) => {
            let slot = hold.showing().id();
            add_cookie(see_other(&format!("/showings/{slot}")), &held::forget(&request, slot))
        }
        Err(error) => shown(&request, &web, words, id.0, &Person::default(), error).await,
    }
}

/// Books a hold for which nothing is to be paid.
pub(crate) async fn confirm(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    id: Id<HoldId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let (person, read) = Person::read(words, &form);
    let Some((user_name, phone)) = read else { return incomplete(&request, &web, words, id.0, &person).await };
    let confirmation = ConfirmRequest { user_name, phone, payment: None, key: None };
    match web.ticketing.confirm(id.0.0, confirmation, web.now()).await {
        Ok(booking) => {
            let cookie = held::forget(&request, booking.showing().id());
            add_cookie(see_other(&format!("/bookings/{}", booking.id())), &cookie)
        }
        Err(error) => shown(&request, &web, words, id.0, &person, error).await,
    }
}

/// Starts the payment of a hold, and sends the browser to the page of the payment provider. Sent again, it leads to the same page.
pub(crate) async fn pay(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    id: Id<HoldId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let (person, read) = Person::read(words, &form);
    let Some((user_name, phone)) = read else { return incomplete(&request, &web, words, id.0, &person).await };
    let hold = web.ticketing.held(id.0.0).await.map_err(refused)?;
    let payment = web.ticketing.payment_to_start(&hold).await.map_err(refused)?;
    let return_url = return_url(&request, payment)?;
    let order = PaymentRequest { user_name, phone, return_url, key: None };
    let started = match web.ticketing.start_payment(id.0.0, order, web.now()).await {
        Ok(started) => started,
        Err(error) => return shown(&request, &web, words, id.0, &person, error).await,
    };
    let title = words.say(texts::PAY_TITLE);
    let content = html! {
        h1 { (title) }
        p { (words.say(texts::PAY_GOING)) }
        p { a.button href=(started.url.as_str()) target="_top" { (words.say(texts::PAY_LINK)) } }
    };
    let page = Page::new(&web, words, title.as_str(), content).styled(CUSTOMER_CSS).with_header(NO_INDEX);
    // No form may lead to another server, but a page that refreshes may. Payment providers show themselves in no frame.
    let page = if held::is_framed(&request) { page } else { page.going_to(started.url.as_str()) };
    Ok(page.respond_to(&request))
}

/// Returns the page to which the payment provider sends the browser, at the address by which the browser came.
fn return_url(request: &HttpRequest, payment: PaymentId) -> Result<HttpUrl, Problem> {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| Some(request.uri().authority()?.as_str()));
    let is_host = |host: &&str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    let scheme = if is_secure(request) { "https" } else { "http" };
    let url =
        host.filter(is_host).and_then(|host| HttpUrl::parse(&format!("{scheme}://{host}/payments/{payment}")).ok());
    url.ok_or_else(|| Problem::bare(StatusCode::BAD_REQUEST).because("the request does not name the server's host"))
}

/// Shows the hold again, with what is wrong with the person.
async fn incomplete(
    request: &HttpRequest,
    web: &Web,
    words: Words,
    id: HoldId,
    person: &Person,
) -> Result<HttpResponse, Problem> {
    View::read(web, words, id).await.map_err(refused)?.answer(request, person, None).await
}

/// Shows the hold again, with why a request failed. Of one that is over or booked, its page says more than the refusal.
async fn shown(
    request: &HttpRequest,
    web: &Web,
    words: Words,
    id: HoldId,
    person: &Person,
    error: Error,
) -> Result<HttpResponse, Problem> {
    let mut person = person.clone();
    let error = match error {
        Error::Refused(Refusal::HoldLapsed | Refusal::HoldReleased | Refusal::HoldConfirmed) => {
            return Ok(see_other(&format!("/holds/{}", id.0)));
        }
        Error::Invalid(invalid) | Error::Refused(Refusal::Invalid(invalid)) => {
            if person.mark(words, &invalid) {
                None
            } else {
                Some(invalid.into())
            }
        }
        error => Some(error),
    };
    View::read(web, words, id).await.map_err(refused)?.answer(request, &person, error).await
}

impl Person {
    /// Returns what a form says.
    fn given(form: &Form) -> Self {
        let text = |name| (form.one(name).unwrap_or_default().to_owned(), None);
        Self { name: text(NAME), phone: text(PHONE) }
    }

    /// Reads a person. `None`, with what is wrong at the fields, unless it is complete.
    fn read(words: Words, form: &Form) -> (Self, Option<(UserName, PhoneNumber)>) {
        let mut person = Self::given(form);
        let (name, phone) = (UserName::parse(&person.name.0), PhoneNumber::parse(&person.phone.0));
        for invalid in name.as_ref().err().into_iter().chain(phone.as_ref().err()) {
            person.mark(words, invalid);
        }
        (person, name.ok().zip(phone.ok()))
    }

    /// Notes what is wrong with a field. Returns whether it is one of the person.
    fn mark(&mut self, words: Words, invalid: &Invalid) -> bool {
        let field = match invalid.field {
            "userName" => &mut self.name,
            "userPhoneNumber" => &mut self.phone,
            _ => return false,
        };
        field.1 = Some(refusal::of_invalid(words, invalid));
        true
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_buyer_comes_back_to_a_host_and_to_nothing_else() {
        let payment = "PAY00000000000000000000000007".parse().unwrap();
        let url = |host: &str| {
            let request = TestRequest::default().insert_header((HOST, host)).to_http_request();
            return_url(&request, payment).ok().map(|url| url.as_str().to_owned())
        };
        for host in ["cinema.example", "127.0.0.1:8477", "[::1]:8477"] {
            assert_eq!(url(host), Some(format!("http://{host}/payments/{payment}")));
        }
        for host in ["", "evil.example/x", "evil.example?x", "evil.example#x", "a@evil.example", "a,b", "a b"] {
            assert_eq!(url(host), None, "{host}");
        }
    }
}
