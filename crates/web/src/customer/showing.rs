//! A showing: when and what it is, and choosing tickets of it.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use ticketly_domain::{
    Booking, Error, HeldSeats, HoldRequest, HoldState, IdempotencyKey, Refusal, Selection, SlotId, Target, TicketSlot,
};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::hold_limit::MayHold;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::tickets::NO_INDEX;
use super::{choosing, held, offers, programme};
use crate::app::Web;
use crate::assets::{CHOOSE_JS, CUSTOMER_CSS};
use crate::day::day_of;
use crate::locale::{Words, texts};
use crate::page::{Page, add_cookie, see_other};
use crate::refusal;
use crate::seats;
use crate::seats::choice::{Choice, Mistake};

/// A showing as a person sees it.
struct View<'a> {
    web: &'a Web,
    words: Words,
    slot: TicketSlot,
    holds: Vec<HeldSeats>,
    /// The hold that the person has of it.
    own: Option<Booking>,
    /// The name of its auditorium.
    place: Option<String>,
}

/// Shows a showing.
pub(crate) async fn show(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    id: Id<SlotId>,
) -> Result<HttpResponse, Problem> {
    let view = View::read(&request, &web, words, id.0).await.map_err(refused)?;
    let choice = view.own.as_ref().map(Choice::of_hold).unwrap_or_default();
    let page = view.page(&choice, &Markup::default()).await?;
    Ok(page.respond_to(&request))
}

/// Holds what a person has chosen. A refusal shows the choice again, with what else there is.
pub(crate) async fn hold(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    id: Id<SlotId>,
    may: Result<MayHold, Problem>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let view = View::read(&request, &web, words, id.0).await.map_err(refused)?;
    let choice = Choice::read(&form, &view.slot);
    if let Err(problem) = may {
        let page = view.page(&choice, &alert(&words.say(texts::ERROR_TOO_MANY), &Markup::default())).await?;
        return Ok(page.because(problem).respond_to(&request));
    }
    let selection = match choice.selection(&view.slot) {
        Ok(selection) => selection,
        Err(mistake) => return view.mistaken(&request, &choice, mistake).await,
    };
    let is_same = |own: &&Booking| Choice::of_hold(own).selection(&view.slot).is_ok_and(|its| its == selection);
    if let Some(own) = view.own.as_ref().filter(is_same) {
        return Ok(see_other(&format!("/holds/{}", own.id())));
    }
    // A form that is sent twice at once comes with the same cookie, and a later one with another.
    let key = form.idempotency_key(&held::named(&request));
    match view.take(selection, key).await {
        Ok(hold) => add_cookie(see_other(&format!("/holds/{}", hold.id())), &held::remember(&request, &hold)),
        Err(error) => view.refuse(&request, &choice, error).await,
    }
}

impl<'a> View<'a> {
    async fn read(request: &HttpRequest, web: &'a Web, words: Words, id: SlotId) -> Result<Self, Error> {
        let own = held::own(request, web, id).await?;
        let (slot, holds) = web.ticketing.seats_at(id, web.now()).await?;
        let place = web.place(slot.showing()).await?;
        Ok(Self { web, words, slot, holds, own, place })
    }

    fn path(&self) -> String {
        format!("/showings/{}", self.slot.id())
    }

    /// Holds seats instead of those that the person has, which are given up first: they may be among the new ones.
    async fn take(&self, selection: Selection, key: Option<IdempotencyKey>) -> Result<Booking, Error> {
        let (web, now) = (self.web, self.web.now());
        web.ticketing.check_sold(&self.slot, now).or_else(|refusal| match refusal {
            // Those that the person gives up may be the last.
            Refusal::SoldOut { .. } => Ok(()),
            refusal => Err(refusal),
        })?;
        if let Some(own) = &self.own {
            match web.ticketing.release(own.id(), None, now).await {
                Err(Error::Refused(Refusal::HoldConfirmed)) => {}
                released => drop(released?),
            }
        }
        let request = HoldRequest { selection, target: Target::Slot(self.slot.id()), key };
        web.ticketing.hold(request, now, &mut rand::rng()).await
    }

    /// Shows a choice that asks for nothing.
    async fn mistaken(
        &self,
        request: &HttpRequest,
        choice: &Choice,
        mistake: Mistake,
    ) -> Result<HttpResponse, Problem> {
        let text = match mistake {
            Mistake::Nothing => self.words.say(texts::CHOOSE_NOTHING),
            Mistake::MoreTickets { seats, tickets } => {
                self.words.tell(texts::CHOOSE_MORE_TICKETS, [("seats", seats.into()), ("tickets", tickets.into())])
            }
            Mistake::Invalid(invalid) => return self.refuse(request, choice, invalid.into()).await,
        };
        let page = self.page(choice, &alert(&text, &Markup::default())).await?;
        Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).respond_to(request))
    }

    /// Shows a choice that was refused. The seats are as they are now, and those that the person had are held again if nobody else has
    /// taken them meanwhile.
    async fn refuse(&self, request: &HttpRequest, choice: &Choice, error: Error) -> Result<HttpResponse, Problem> {
        let (web, words) = (self.web, self.words);
        let own = match &self.own {
            Some(own) => again(web, own).await.map_err(refused)?,
            None => None,
        };
        let (slot, holds) = web.ticketing.seats_at(self.slot.id(), web.now()).await.map_err(refused)?;
        let view = View { web, words, slot, holds, own, place: self.place.clone() };
        let offers = match &error {
            Error::Refused(refusal) => offers::of(words, &view.slot, choice, refusal),
            _ => Vec::new(),
        };
        let told = alert(&refusal::tell(words, web.zone, &error), &offers::buttons(&view.path(), &offers));
        let page = view.page(choice, &told).await?.because(refused(error));
        let answer = page.respond_to(request);
        match &view.own {
            Some(own) => add_cookie(answer, &held::remember(request, own)),
            None => Ok(answer),
        }
    }

    async fn page(&self, choice: &Choice, told: &Markup) -> Result<Page, Problem> {
        let Self { web, words, slot, holds, own, place } = self;
        let words = *words;
        let showing = slot.showing();
        let [start, end] = [showing.start(), showing.end()].map(|time| web.zone.show(time));
        let day = start.date_naive();
        let sold = web.ticketing.check_sold(slot, web.now());
        let content = html! {
            p { a href=(format!("/?day={}", day_of(web.zone, showing.start()))) { (words.say(texts::SHOWING_BACK)) } }
            h1 { (showing.name().as_str()) }
            p.when {
                time datetime=(start.to_rfc3339()) { (words.day(day)) ", " (words.time(start.time())) }
                " " (words.tell(texts::SHOWING_UNTIL, [("time", words.time(end.time()).into())]))
                @if let Some(place) = place { " · " (place) }
            }
            p { (slot.details().description.as_str()) }
            (told)
            @if let Some(own) = own { (own_hold(web, words, own)) }
            @match sold {
                Err(refusal) if own.is_none() => (self.not_sold(refusal).await?),
                _ => (choosing::form(words, (slot, holds), own.as_ref(), choice)),
            }
        };
        let page = Page::new(web, words, showing.name().as_str(), content).styled(CUSTOMER_CSS).with(CHOOSE_JS);
        let page = if own.is_some() { page.with_header(NO_INDEX) } else { page };
        Ok(seats::on(page))
    }

    /// Says why nothing is sold, and where else to go.
    async fn not_sold(&self, refusal: Refusal) -> Result<Markup, Problem> {
        let (web, words) = (self.web, self.words);
        let target = match refusal {
            Refusal::SlotMoved => Some(web.ticketing.reseating(self.slot.id()).await.map_err(refused)?.target),
            _ => None,
        };
        let refusal = refusal.while_held(self.holds.first().map(|hold| hold.until));
        Ok(html! {
            (programme::left(words, &self.slot))
            p.notice { (refusal::of_refusal(words, web.zone, &refusal)) }
            @if let Some(target) = target {
                p { a.button href=(format!("/showings/{target}")) { (words.say(texts::SHOWING_MOVED_LINK)) } }
            }
            @if let Some(prices) = self.slot.prices() { (choosing::price_table(words, prices, &self.slot)) }
        })
    }
}

/// Holds the seats again that a hold had, and returns them. `None` when they are gone.
async fn again(web: &Web, own: &Booking) -> Result<Option<Booking>, Error> {
    let (now, before) = (web.now(), web.ticketing.held(own.id()).await?);
    if before.hold_state(now) == Some(HoldState::Held) {
        return Ok(Some(before));
    }
    let slot = web.ticketing.slot(own.showing().id()).await?;
    let Ok(selection) = Choice::of_hold(own).selection(&slot) else { return Ok(None) };
    let request = HoldRequest { selection, target: Target::Slot(slot.id()), key: None };
    match web.ticketing.hold(request, now, &mut rand::rng()).await {
        Err(Error::Refused(_)) => Ok(None),
        hold => hold.map(Some),
    }
}

/// Says what was refused, with what can be done about it.
fn alert(text: &str, more: &Markup) -> Markup {
    html! { div.alert role="alert" { p { (text) } (more) } }
}

/// Says what the person holds already.
fn own_hold(web: &Web, words: Words, own: &Booking) -> Markup {
    let until = own.hold().map(|hold| words.time(web.zone.show(hold.until).time())).unwrap_or_default();
    let seats = Choice::of_hold(own).seats.join(", ");
    let held = if seats.is_empty() {
        words.tell(texts::OWN_HOLD_COUNT, [("count", own.tickets().len().into()), ("time", until.into())])
    } else {
        words.tell(texts::OWN_HOLD, [("seats", seats.into()), ("time", until.into())])
    };
    let path = format!("/holds/{}", own.id());
    html! {
        section.notice {
            p { (held) }
            div.actions {
                a.button href=(path) { (words.say(texts::OWN_HOLD_GO_ON)) }
                form method="post" action=(format!("{path}/release")) { button.quiet { (words.say(texts::OWN_HOLD_RELEASE)) } }
            }
            p.hint { (words.say(texts::OWN_HOLD_HINT)) }
        }
    }
}
