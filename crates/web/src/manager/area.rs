//! What all pages of the manager have: their frame, and what they read.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, HttpResponse};
use chrono::{DateTime, NaiveDate, Utc};
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{Error, PageSize, SlotQuery, TicketSlot};
use ticketly_http::form::Form;
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::session::Session;

use crate::app::Web;
use crate::assets::{FORMS_JS, MANAGE_CSS};
use crate::auditorium_names::Places;
use crate::day::day_of;
use crate::locale::{Text, Words, texts};
use crate::page::Page;

/// The greatest number of pages of slots that are read for a page: 2,000 slots.
const PAGES: usize = 20;

/// The parts of the area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Overview,
    Timetable,
    Auditoriums,
    Prices,
    Promotions,
    Figures,
    Keys,
}

impl Part {
    const ALL: [(Self, &'static str, Text); 7] = [
        (Self::Overview, "/manage", texts::MANAGE_OVERVIEW),
        (Self::Timetable, "/manage/timetable", texts::MANAGE_TIMETABLE),
        (Self::Auditoriums, "/manage/auditoriums", texts::MANAGE_AUDITORIUMS),
        (Self::Prices, "/manage/prices", texts::MANAGE_PRICES),
        (Self::Promotions, "/manage/promotions", texts::MANAGE_PROMOTIONS),
        (Self::Figures, "/manage/figures", texts::MANAGE_FIGURES),
        (Self::Keys, "/manage/keys", texts::MANAGE_KEYS),
    ];
}

/// What was done, as the next page says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    Scheduled,
    Corrected,
    Closed,
    Reopened,
    Canceled,
    Moved,
    Added,
    Saved,
    SwitchedOn,
    SwitchedOff,
    Revoked,
}

impl Done {
    const ALL: [(Self, &'static str, Text); 11] = [
        (Self::Scheduled, "scheduled", texts::MANAGE_DONE_SCHEDULED),
        (Self::Corrected, "corrected", texts::MANAGE_DONE_CORRECTED),
        (Self::Closed, "closed", texts::MANAGE_DONE_CLOSED),
        (Self::Reopened, "reopened", texts::MANAGE_DONE_REOPENED),
        (Self::Canceled, "canceled", texts::MANAGE_DONE_CANCELED),
        (Self::Moved, "moved", texts::MANAGE_DONE_MOVED),
        (Self::Added, "added", texts::MANAGE_DONE_ADDED),
        (Self::Saved, "saved", texts::MANAGE_DONE_SAVED),
        (Self::SwitchedOn, "on", texts::MANAGE_DONE_ON),
        (Self::SwitchedOff, "off", texts::MANAGE_DONE_OFF),
        (Self::Revoked, "revoked", texts::MANAGE_DONE_REVOKED),
    ];

    /// Returns the address of a page that says it.
    pub fn on(self, page: &str) -> String {
        let name = Self::ALL.iter().find(|(done, ..)| *done == self).map_or("", |(_, name, _)| name);
        format!("{page}{}done={name}", if page.contains('?') { '&' } else { '?' })
    }

    /// Says what was done, by its name in the address of a page. Other names say nothing.
    pub fn notice(area: &Area, name: Option<&str>) -> Markup {
        let found = Self::ALL.iter().find(|(_, known, _)| Some(*known) == name);
        html! { @if let Some((_, _, text)) = found { p.done role="status" { (area.say(*text)) } } }
    }
}

/// What was done before a page is opened, in its address.
#[derive(Debug, Deserialize)]
pub(crate) struct Before {
    pub(super) done: Option<String>,
}

/// A request of the manager: the state, the language and the session of its reader.
pub(crate) struct Area {
    pub web: Data<Web>,
    pub words: Words,
    pub session: Session,
    rows: RowsRead,
}

impl FromRequest for Area {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let web = request.app_data::<Data<Web>>().cloned();
        let extensions = request.extensions();
        let rows = extensions.get::<RowsRead>().cloned().unwrap_or_default();
        let area = web.zip(extensions.get::<Session>().cloned()).map(|(web, session)| {
            let words = Words::of(request.headers());
            Self { web, words, session, rows }
        });
        ready(area.ok_or_else(|| Problem::bare(StatusCode::UNAUTHORIZED)))
    }
}

impl Area {
    /// Creates a page of a part of the area.
    pub(super) fn page(&self, part: Part, title: impl Into<String>, content: Markup) -> Page {
        let page = Page::new(&self.web, self.words, title, content).in_session(&self.session);
        page.styled(MANAGE_CSS).with(FORMS_JS).with_navigation(self.navigation(part))
    }

    fn navigation(&self, here: Part) -> Markup {
        html! {
            nav.tabs.area aria-label=(self.say(texts::MANAGER_TITLE)) {
                ul {
                    @for (part, path, name) in Part::ALL {
                        li { a href=(path) aria-current=[(part == here).then_some("page")] { (self.say(name)) } }
                    }
                }
            }
        }
    }

    /// Returns the field that every form of the session has.
    pub(super) fn token(&self) -> Markup {
        html! { input type="hidden" name=(Form::TOKEN) value=(self.session.token); }
    }

    /// Returns a text without arguments.
    pub(super) fn say(&self, text: Text) -> String {
        self.words.say(text)
    }

    /// Returns the present time.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.web.now()
    }

    /// Returns the time of the day at a moment.
    pub(super) fn time(&self, at: DateTime<Utc>) -> String {
        self.words.time(self.web.zone.show(at).time())
    }

    /// Returns the day and the time of a moment.
    pub(super) fn moment(&self, at: DateTime<Utc>) -> String {
        format!("{}, {}", self.words.day(self.web.zone.show(at).date_naive()), self.time(at))
    }

    /// Returns the day with its year, and the time of a moment.
    pub(super) fn date(&self, at: DateTime<Utc>) -> String {
        format!("{}, {}", self.words.plain_date(self.web.zone.show(at).date_naive()), self.time(at))
    }

    /// Reads the slots that start in a time. The second value says whether there are more than are read for a page.
    pub(super) async fn slots(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(Vec<TicketSlot>, bool), Error> {
        let mut query =
            SlotQuery { from: Some(from), until: Some(until), limit: PageSize::LARGEST, ..SlotQuery::default() };
        let mut slots = Vec::new();
        for _ in 0..PAGES {
            let page = self.web.ticketing.slots(&query, self.now()).await?;
            self.rows.add(page.rows_read);
            slots.extend(page.items);
            query.after = page.next;
            if query.after.is_none() {
                return Ok((slots, false));
            }
        }
        Ok((slots, true))
    }

    /// Notes that the store has read rows for the request.
    pub(super) fn count_rows(&self, rows: usize) {
        self.rows.add(rows);
    }

    /// Reads the names of all auditoriums.
    pub(super) async fn places(&self) -> Result<Places, Error> {
        Ok(Places::named(&self.web.ticketing.auditoriums().await?))
    }

    /// Returns the present day of the cinema.
    pub(super) fn today(&self) -> NaiveDate {
        day_of(self.web.zone, self.now())
    }
}

/// Answers a module with a part of a page.
pub(super) fn fragment(status: StatusCode, content: &Markup) -> HttpResponse {
    let mut answer = HttpResponse::build(status);
    answer.content_type("text/html; charset=utf-8").insert_header((CACHE_CONTROL, "no-store"));
    answer.body(content.0.clone())
}
