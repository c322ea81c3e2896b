//! A hold: the seats that a person keeps for some minutes, what they cost, and who they are for.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use ticketly_domain::{
    Booking, Error, HeldSeats, HoldState, Payment, PaymentOutcome, Refusal, Sale, SeatState, TaxRate, Ticket,
    TicketSlot,
};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::path_id::HoldId;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::held;
use super::sheet::seat;
use super::tickets::NO_INDEX;
use crate::app::Web;
use crate::assets::{CUSTOMER_CSS, HOLD_JS};
use crate::locale::{Words, texts};
use crate::page::{Page, add_cookie, alert, see_other};
use crate::refusal;
use crate::seats::choice::Choice;

/// The fields of the person.
pub(super) const NAME: &str = "name";
/// The field with the telephone number.
pub(super) const PHONE: &str = "phone";

/// The identifier of the form of the person.
const PERSON: &str = "person";

/// The person for whom a hold is, as given, with what is wrong.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    /// The name, and what is wrong with it.
    pub name: (String, Option<String>),
    /// The telephone number, and what is wrong with it.
    pub phone: (String, Option<String>),
}

/// A hold with what its page shows.
pub(super) struct View<'a> {
    web: &'a Web,
    words: Words,
    hold: Booking,
    /// The payment that was started for it.
    payment: Option<Payment>,
    /// The name of the auditorium.
    place: Option<String>,
}

/// Shows a hold. One that is confirmed leads to its tickets.
pub(crate) async fn show(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    id: Id<HoldId>,
) -> Result<HttpResponse, Problem> {
    let view = View::read(&web, words, id.0).await.map_err(refused)?;
    let person = view.payer();
    view.answer(&request, &person, None).await
}

impl<'a> View<'a> {
    /// Reads a hold.
    pub(super) async fn read(web: &'a Web, words: Words, id: HoldId) -> Result<Self, Error> {
        let hold = web.ticketing.held(id.0).await?;
        let payment = match hold.sale().and_then(|sale| sale.payment) {
            Some(payment) => Some(web.ticketing.payment(payment.id).await?),
            None => None,
        };
        let place = web.place(hold.showing()).await?;
        Ok(Self { web, words, hold, payment, place })
    }

    /// Returns the name of the person who has begun to pay, so that it is not typed twice. Pages tell no telephone number.
    fn payer(&self) -> Person {
        // A payment that did not succeed loses its person when the money is released.
        let user = self.payment.as_ref().map(|payment| &payment.user).filter(|user| !user.is_erased());
        let name = user.map(|user| user.name.as_str().to_owned()).unwrap_or_default();
        Person { name: (name, None), ..Person::default() }
    }

    /// Answers with the page of the hold as it is now, which says why a request failed.
    pub(super) async fn answer(
        &self,
        request: &HttpRequest,
        person: &Person,
        error: Option<Error>,
    ) -> Result<HttpResponse, Problem> {
        let Self { web, words, hold, .. } = self;
        let slot = hold.showing().id();
        let told = error.as_ref().map(|error| alert(&refusal::tell(*words, web.zone, error)));
        let (title, content) = match hold.hold_state(web.now()) {
            Some(HoldState::Confirmed) => {
                return add_cookie(see_other(&format!("/bookings/{}", hold.id())), &held::forget(request, slot));
            }
            Some(HoldState::Held) => (texts::HOLD_TITLE, self.held(person)),
            state => (texts::HOLD_OVER_TITLE, self.over(state).await?),
        };
        let title = words.say(title);
        let content = html! {
            h1 { (title) }
            @if let Some(told) = told { (told) }
            (content)
        };
        let page = Page::new(web, *words, title.as_str(), content).styled(CUSTOMER_CSS).with(HOLD_JS);
        let page = page.with_header(NO_INDEX);
        let page = match error {
            Some(error) => page.because(refused(error)),
            None if person.name.1.is_some() || person.phone.1.is_some() => {
                page.with_status(StatusCode::UNPROCESSABLE_ENTITY)
            }
            None => page,
        };
        Ok(page.respond_to(request))
    }

    fn path(&self) -> String {
        format!("/holds/{}", self.hold.id())
    }

    /// Renders a hold whose seats are kept.
    fn held(&self, person: &Person) -> Markup {
        let words = self.words;
        let total = self.hold.sale().map_or(0, Sale::total);
        let must_pay = total > 0;
        let can_pay = !must_pay || self.web.ticketing.takes_online_payments();
        html! {
            (self.time_left(can_pay))
            (self.payment_so_far())
            div.parts {
                (self.tickets())
                @if can_pay { (self.person(person, must_pay)) }
                @else { p.notice { (refusal::of_refusal(words, self.web.zone, &Refusal::NoOnlinePayments)) } }
            }
            form.other method="post" action=(format!("{}/release", self.path())) {
                button.quiet { (words.say(texts::HOLD_RELEASE)) }
                p.hint { (words.say(texts::HOLD_RELEASE_HINT)) }
            }
        }
    }

    /// Says until when the seats are held. The module counts down.
    fn time_left(&self, can_finish: bool) -> Markup {
        let (web, words) = (self.web, self.words);
        let Some(hold) = self.hold.hold() else { return Markup::default() };
        let until = web.zone.show(hold.until);
        let left = (hold.until - web.now()).num_seconds().max(0);
        let minutes = |minutes: u32| words.tell(texts::HOLD_MINUTES_LEFT, [("minutes", minutes.into())]);
        html! {
            div.clock data-left=(left) data-over=(self.path()) data-two-minutes=(minutes(2)) data-half-minute=(words.say(texts::HOLD_SECONDS_LEFT)) {
                p {
                    (words.say(texts::HOLD_UNTIL)) " " time datetime=(until.to_rfc3339()) { strong { (words.time(until.time())) } }
                    " " span data-clock aria-hidden="true" {}
                }
                p.unseen role="status" data-said {}
                @if can_finish && hold.until < self.hold.hold_limit() {
                    // With the form of the person, so that what was typed is kept.
                    button.quiet form=(PERSON) formaction=(format!("{}/extend", self.path())) formnovalidate {
                        (words.say(texts::HOLD_EXTEND))
                    }
                }
            }
        }
    }

    /// Says what has become of a payment that was started.
    fn payment_so_far(&self) -> Markup {
        let words = self.words;
        html! {
            @if let Some(payment) = &self.payment {
                @if payment.outcome() == PaymentOutcome::NotBooked {
                    p.notice { (words.say(texts::HOLD_PAYMENT_FAILED)) }
                } @else {
                    p.notice {
                        (words.say(texts::HOLD_PAYMENT_STARTED)) " "
                        a href=(format!("/payments/{}", payment.id)) { (words.say(texts::HOLD_PAYMENT_LINK)) }
                    }
                }
            }
        }
    }

    /// Renders the tickets with their prices.
    fn tickets(&self) -> Markup {
        let (web, words, showing) = (self.web, self.words, self.hold.showing());
        let start = web.zone.show(showing.start());
        html! {
            section.card.basket {
                h2 { (showing.name().as_str()) }
                p.when {
                    time datetime=(start.to_rfc3339()) { (words.day(start.date_naive())) ", " (words.time(start.time())) }
                    @if let Some(place) = &self.place { " · " (place) }
                }
                table {
                    caption.unseen { (words.say(texts::HOLD_TICKETS)) }
                    tbody { @for ticket in self.hold.tickets() { (self.ticket(ticket)) } }
                    @if let Some(sale) = self.hold.sale() { (self.sums(sale)) }
                }
            }
        }
    }

    fn ticket(&self, ticket: &Ticket) -> Markup {
        let words = self.words;
        html! {
            tr {
                th scope="row" { (seat(words, ticket)) }
                @if let Some(price) = ticket.price() {
                    td { (price.ticket_type.as_str()) }
                    td.price { (words.money(price.listed.minor().into(), price.currency)) }
                }
            }
        }
    }

    fn sums(&self, sale: &Sale) -> Markup {
        let words = self.words;
        let row = |label: String, sum: String, class: &str| {
            html! { tr class=(class) { th scope="row" colspan="2" { (label) } td.price { (sum) } } }
        };
        html! {
            tfoot {
                @if let Some(code) = &sale.promotion {
                    (row(words.tell(texts::SUM_DISCOUNT, [("code", code.as_str().into())]), format!("−{}", words.money(sale.discount(), sale.currency)), "discount"))
                }
                (row(words.say(texts::SUM_TOTAL), words.money(sale.total(), sale.currency), "total"))
                @for (rate, tax) in taxes(sale) {
                    (row(words.tell(texts::HOLD_TAX, [("rate", percent(words, rate).into())]), words.money(tax, sale.currency), "tax"))
                }
            }
        }
    }

    /// Renders the form for the person, which pays or books.
    fn person(&self, person: &Person, must_pay: bool) -> Markup {
        let words = self.words;
        let step = if must_pay { "pay" } else { "confirm" };
        let send = match self.hold.sale().filter(|_| must_pay) {
            Some(sale) => words.tell(texts::HOLD_PAY, [("sum", words.money(sale.total(), sale.currency).into())]),
            None => words.say(texts::HOLD_BOOK),
        };
        html! {
            form.stack #(PERSON) method="post" action=(format!("{}/{step}", self.path())) {
                h2 { (words.say(texts::HOLD_PERSON)) }
                (field(&words.say(texts::HOLD_NAME), NAME, "name", &person.name))
                (field(&words.say(texts::HOLD_PHONE), PHONE, "tel", &person.phone))
                p.hint { (words.say(texts::HOLD_PERSON_HINT)) }
                button { (send) }
                @if must_pay { p.hint { (words.say(texts::HOLD_PAY_HINT)) } }
            }
        }
    }

    /// Renders a hold whose seats are no longer kept, with a button that holds them again, or the best ones if they are gone.
    async fn over(&self, state: Option<HoldState>) -> Result<Markup, Problem> {
        let (web, words) = (self.web, self.words);
        let (slot, holds) = web.ticketing.seats_at(self.hold.showing().id(), web.now()).await.map_err(refused)?;
        let sold = web.ticketing.check_sold(&slot, web.now());
        let refusal = if state == Some(HoldState::Released) { Refusal::HoldReleased } else { Refusal::HoldLapsed };
        let path = format!("/showings/{}", slot.id());
        let choice = Choice::of_hold(&self.hold);
        let is_free = self.is_free(&slot, &holds);
        let (choice, text) =
            if is_free { (choice, texts::HOLD_AGAIN) } else { (choice.as_best(), texts::HOLD_AGAIN_BEST) };
        Ok(html! {
            p.notice { (refusal::of_refusal(words, web.zone, &refusal)) }
            @if let Some(payment) = self.payment.as_ref().filter(|payment| payment.outcome() != PaymentOutcome::NotBooked) {
                p { a href=(format!("/payments/{}", payment.id)) { (words.say(texts::HOLD_PAYMENT_LINK)) } }
            }
            (self.tickets())
            @match sold {
                Err(refusal) => p { (refusal::of_refusal(words, web.zone, &refusal)) },
                Ok(()) => {
                    @if !is_free { p { (words.say(texts::HOLD_GONE)) } }
                    form.actions method="post" action=(path) {
                        input type="hidden" name=(Form::KEY) value=(Form::mint_key());
                        (choice.as_hidden())
                        button { (words.say(text)) }
                        a.button.quiet href=(path) { (words.say(texts::HOLD_OTHERS)) }
                    }
                },
            }
        })
    }

    /// Returns whether all seats of the hold are free.
    fn is_free(&self, slot: &TicketSlot, holds: &[HeldSeats]) -> bool {
        let count = u32::try_from(self.hold.tickets().len()).unwrap_or(u32::MAX);
        let Some(states) = slot.seat_states(holds) else { return slot.seats().available() >= count };
        let mut seats = self.hold.tickets().iter().filter_map(Ticket::seat_no);
        seats.all(|seat| states.of(seat) == Some(SeatState::Free))
    }
}

/// Renders a field with what is wrong with it.
fn field(label: &str, name: &str, autocomplete: &str, (value, error): &(String, Option<String>)) -> Markup {
    let id = format!("{name}-error");
    let kind = if name == PHONE { "tel" } else { "text" };
    html! {
        label {
            (label)
            input type=(kind) name=(name) value=(value) autocomplete=(autocomplete) required maxlength="100"
                aria-invalid=[error.as_ref().map(|_| "true")] aria-describedby=[error.as_ref().map(|_| &id)];
            @if let Some(error) = error { span.error id=(id) { (error) } }
        }
    }
}

/// Returns the taxes that the prices include, by rate.
fn taxes(sale: &Sale) -> Vec<(TaxRate, u64)> {
    let mut taxes: Vec<(TaxRate, u64)> = Vec::new();
    for price in sale.tickets.iter().filter(|price| price.tax.hundredths() > 0) {
        let tax = u64::from(price.tax.included_in(price.amount).minor());
        match taxes.iter_mut().find(|(rate, _)| *rate == price.tax) {
            Some((_, sum)) => *sum += tax,
            None => taxes.push((price.tax, tax)),
        }
    }
    taxes
}

/// Returns a rate in percent, as the language writes it.
fn percent(words: Words, rate: TaxRate) -> String {
    let (whole, rest) = (rate.hundredths() / 100, rate.hundredths() % 100);
    let digits = format!("{rest:02}");
    let digits = digits.trim_end_matches('0');
    let separator = if digits.is_empty() { String::new() } else { words.say(texts::DECIMAL_SEPARATOR) };
    format!("{whole}{separator}{digits}")
}
