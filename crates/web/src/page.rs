//! The frame of every page, and the headers that keep it safe.

use std::fmt::Display;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION,
    REFERRER_POLICY, SET_COOKIE, VARY,
};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder};
use maud::{DOCTYPE, Markup, html};
use ticketly_http::error_page::Rendered;
use ticketly_http::form::{FOREIGN_FORM, Form};
use ticketly_http::problem::Problem;
use ticketly_http::session::Session;

use crate::app::Web;
use crate::assets::{Asset, BASE_CSS};
use crate::locale::{Text, Words, texts};
use crate::look::Look;
use crate::{compression, refusal};

/// The path to which the form that ends a session is sent.
pub(crate) const SIGN_OUT: &str = "/sign-out";

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// A page.
pub(crate) struct Page {
    words: Words,
    title: String,
    cinema: String,
    look: Look,
    may_be_embedded: bool,
    status: StatusCode,
    styles: Vec<Asset>,
    modules: Vec<Asset>,
    session: Option<Session>,
    headers: Vec<(HeaderName, HeaderValue)>,
    navigation: Option<Markup>,
    refresh: Option<Markup>,
    problem: Option<Problem>,
    content: Markup,
}

impl Page {
    /// Creates a page with this title and content.
    pub(crate) fn new(web: &Web, words: Words, title: impl Into<String>, content: Markup) -> Self {
        Self::of(words, title.into(), (web.cinema.clone(), web.look.clone()), content)
    }

    fn of(words: Words, title: String, (cinema, look): (String, Look), content: Markup) -> Self {
        let (styles, modules, headers) = (vec![BASE_CSS], Vec::new(), Vec::new());
        Self {
            words,
            title,
            cinema,
            look,
            may_be_embedded: true,
            status: StatusCode::OK,
            styles,
            modules,
            session: None,
            headers,
            navigation: None,
            refresh: None,
            problem: None,
            content,
        }
    }

    /// Forbids other sites to show it in a frame, where a person cannot see to whom a secret is told. So it is with the pages of a
    /// session.
    pub(crate) fn never_embedded(mut self) -> Self {
        self.may_be_embedded = false;
        self
    }

    /// Adds a style sheet.
    pub(crate) fn styled(mut self, sheet: Asset) -> Self {
        self.styles.push(sheet);
        self
    }

    /// Sets the status. It is 200 unless set.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Makes it the answer to a request that failed. The log gets the problem, and the page says what it means.
    pub(crate) fn because(mut self, problem: Problem) -> Self {
        self.problem = Some(problem);
        self
    }

    /// Sends the browser on to an address, also of another server, to which no form may lead.
    pub(crate) fn going_to(mut self, address: &str) -> Self {
        self.refresh = Some(html! { meta http-equiv="refresh" content=(format!("0;url={address}")); });
        self
    }

    /// Lets a browser without scripts go to an address after some seconds. Others have a module for it.
    pub(crate) fn refreshed_at(mut self, address: &str, seconds: u32) -> Self {
        self.refresh =
            Some(html! { noscript { meta http-equiv="refresh" content=(format!("{seconds};url={address}")); } });
        self
    }

    /// Makes it a page of a session, which it can end.
    pub(crate) fn in_session(mut self, session: &Session) -> Self {
        self.session = Some(session.clone());
        self.never_embedded()
    }

    /// Adds a header.
    pub(crate) fn with_header(mut self, header: (HeaderName, HeaderValue)) -> Self {
        self.headers.push(header);
        self
    }

    /// Adds the navigation of an area, under the top.
    pub(crate) fn with_navigation(mut self, navigation: Markup) -> Self {
        self.navigation = Some(navigation);
        self
    }

    /// Adds a module.
    pub(crate) fn with(mut self, module: Asset) -> Self {
        self.modules.push(module);
        self
    }

    fn render(self) -> String {
        let Self { words, title, cinema, look, styles, modules, session, navigation, refresh, content, .. } = self;
        let page = html! {
            (DOCTYPE)
            html lang=(words.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) " · " (cinema) }
                    @if let Some(refresh) = refresh { (refresh) }
                    link rel="icon" href="data:,";
                    @for sheet in &styles { link rel="stylesheet" href=(sheet.path); }
                    @if let Some(theme) = &look.theme { link rel="stylesheet" href=(theme.path()); }
                    @for module in &modules { script type="module" src=(module.path) {} }
                }
                body {
                    a.skip href="#content" { (words.say(texts::SKIP_TO_CONTENT)) }
                    header.top {
                        a.cinema href="/" {
                            @match &look.logo {
                                Some(logo) => { img src=(logo.path()) alt=(cinema); }
                                None => { (cinema) }
                            }
                        }
                        @if let Some(session) = &session { (sign_out(words, session)) }
                    }
                    @if let Some(navigation) = navigation { (navigation) }
                    main #content { (content) }
                    footer { a href="/docs" { (words.say(texts::INTERFACE_LINK)) } }
                }
            }
        };
        page.into_string()
    }
}

fn headers(policy: HeaderValue) -> [(HeaderName, HeaderValue); 5] {
    [
        (CONTENT_TYPE, HTML),
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (VARY, HeaderValue::from_static("Accept-Language, Accept-Encoding")),
    ]
}

impl Responder for Page {
    type Body = BoxBody;

    fn respond_to(mut self, request: &HttpRequest) -> HttpResponse<BoxBody> {
        let mut answer = match self.problem.take() {
            Some(problem) => HttpResponse::from_error(problem),
            None => HttpResponse::new(self.status),
        };
        let policy = self.look.policy(self.may_be_embedded);
        for (name, value) in headers(policy).into_iter().chain(std::mem::take(&mut self.headers)) {
            answer.headers_mut().insert(name, value);
        }
        let is_compressed = self.session.is_none() && compression::is_accepted(request.headers());
        let page = self.render();
        match is_compressed.then(|| compression::gzip(page.as_bytes())).flatten() {
            Some(compressed) => {
                answer.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                answer.set_body(BoxBody::new(compressed))
            }
            None => answer.set_body(BoxBody::new(page)),
        }
    }
}

/// Sends a browser to another page, after a form has done its work.
pub(crate) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).insert_header((CACHE_CONTROL, "no-store")).finish()
}

/// Lets a browser keep a cookie.
pub(crate) fn add_cookie(mut answer: HttpResponse, cookie: &impl Display) -> Result<HttpResponse, Problem> {
    let cookie = HeaderValue::try_from(cookie.to_string());
    let cookie = cookie.map_err(|_| Problem::bare(StatusCode::INTERNAL_SERVER_ERROR))?;
    answer.headers_mut().append(SET_COOKIE, cookie);
    Ok(answer)
}

/// The form that ends a session, for the top of its pages.
fn sign_out(words: Words, session: &Session) -> Markup {
    html! {
        form method="post" action=(SIGN_OUT) {
            input type="hidden" name=(Form::TOKEN) value=(session.token);
            button.quiet { (words.say(texts::SIGN_OUT)) }
        }
    }
}

/// What went wrong, at the top of a page. Screen readers say it at once.
pub(crate) fn alert(text: &str) -> Markup {
    html! { p.alert role="alert" { (text) } }
}

/// Returns the page of a problem.
pub(crate) fn of_problem(request: &HttpRequest, problem: &Problem) -> Rendered {
    let words = Words::of(request.headers());
    let web = request.app_data::<Data<Web>>();
    let (cinema, look) = web.map(|web| (web.cinema.clone(), web.look.clone())).unwrap_or_default();
    let refused = web.zip(problem.refusal()).map(|(web, refusal)| refusal::of_refusal(words, web.zone, refusal));
    let title = words.say(texts::ERROR_TITLE);
    let content = html! {
        h1 { (title) }
        p { (refused.unwrap_or_else(|| words.say(of_status(problem)))) }
        p { a href="/" { (words.say(texts::ERROR_BACK)) } }
    };
    let policy = look.policy(true);
    let page = Page::of(words, title, (cinema, look), content);
    Rendered { headers: headers(policy).into(), body: page.render() }
}

/// Returns the text of a problem that no rule of the domain is behind.
fn of_status(problem: &Problem) -> Text {
    match problem.status() {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => texts::ERROR_MISSING,
        StatusCode::TOO_MANY_REQUESTS => texts::ERROR_TOO_MANY,
        StatusCode::FORBIDDEN if problem.code() == FOREIGN_FORM => texts::ERROR_FOREIGN_FORM,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => texts::ERROR_FORBIDDEN,
        status if status.is_server_error() => texts::ERROR_UNAVAILABLE,
        _ => texts::ERROR_FORM,
    }
}
