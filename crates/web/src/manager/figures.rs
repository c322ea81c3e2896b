//! The figures of a period: how full the showings were, and what they took.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use ticketly_http::problem::Problem;
use ticketly_http::reply::Csv;
use ticketly_http::running_totals::Totals;

use super::area::{Area, Part};
use super::field::{Draft, Input};
use super::figures_part as part;
use super::period::{Asked, Period};
use super::report::Report;
use crate::locale::texts;
use crate::page::Page;

const PATH: &str = "/manage/figures";

/// Shows the figures of a period.
pub(crate) async fn show(
    request: HttpRequest,
    area: Area,
    kept: Data<Totals>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    Ok(match read(&area, &kept, asked.into_inner()).await? {
        Ok((period, report)) => page(&area, &form_of(period), &figures(&area, period, &report)),
        Err(draft) => unread(&area, &draft),
    }
    .respond_to(&request))
}

/// Reads what a person asks for, or returns the form with what is wrong.
async fn read(area: &Area, kept: &Totals, asked: Asked) -> Result<Result<(Period, Report), Draft>, Problem> {
    let (mut draft, period) = Period::asked(area, asked);
    let Some(period) = period else { return Ok(Err(draft)) };
    if let Some(report) = Report::read(area, kept, period).await? {
        return Ok(Ok((period, report)));
    }
    draft.refuse("until", area.say(texts::MANAGE_FIGURES_TOO_MUCH));
    Ok(Err(draft))
}

fn unread(area: &Area, draft: &Draft) -> Page {
    page(area, draft, &html! {}).with_status(StatusCode::UNPROCESSABLE_ENTITY)
}

fn form_of(period: Period) -> Draft {
    Draft::of([("from", period.first.to_string()), ("until", period.last.to_string())])
}

fn page(area: &Area, draft: &Draft, figures: &Markup) -> Page {
    let today = area.today();
    let periods = [
        (Period::up_to(today, 1), texts::MANAGE_FIGURES_TODAY),
        (Period::up_to(today, 7), texts::MANAGE_FIGURES_WEEK),
        (Period::up_to(today, 30), texts::MANAGE_FIGURES_MONTH),
        (Period::after(today, 7), texts::MANAGE_FIGURES_NEXT),
    ];
    let day = |name| Input { name, kind: Some("date"), required: true, ..Input::default() };
    let content = html! {
        h1 { (area.say(texts::MANAGE_FIGURES)) }
        ul.weeks {
            @for (period, name) in periods { li { a.button.quiet href=(address(PATH, period)) { (area.say(name)) } } }
        }
        (draft.alert_under(area, texts::MANAGE_FIGURES_WRONG))
        form.filter.period action=(PATH) {
            (draft.input(area, texts::MANAGE_FIGURES_FROM, day("from")))
            (draft.input(area, texts::MANAGE_FIGURES_UNTIL, day("until")))
            button { (area.say(texts::MANAGE_TIMETABLE_SHOW)) }
        }
        (figures)
    };
    area.page(Part::Figures, area.say(texts::MANAGE_FIGURES), content)
}

fn address(path: &str, period: Period) -> String {
    format!("{path}?from={}&until={}", period.first, period.last)
}

fn figures(area: &Area, period: Period, report: &Report) -> Markup {
    let currencies = report.currencies();
    let days = report.days.iter().map(|row| (area.words.day(row.name), &row.sum)).collect::<Vec<_>>();
    let titles = part::named(&report.titles);
    let auditoriums = part::named(&report.auditoriums);
    let parts = [
        (part::Kind::Days, texts::MANAGE_FIGURES_DAYS, days),
        (part::Kind::Titles, texts::MANAGE_FIGURES_TITLES, titles),
        (part::Kind::Auditoriums, texts::MANAGE_FIGURES_AUDITORIUMS, auditoriums),
    ];
    html! {
        p.hint { (area.say(texts::MANAGE_FIGURES_HINT)) }
        (part::sums(area, &report.all, &currencies))
        @if report.all.is_empty() {
            p { (area.say(texts::MANAGE_FIGURES_NONE)) }
        } @else {
            @for (kind, title, rows) in &parts {
                section aria-labelledby=(kind.name()) {
                    h2 id=(kind.name()) { (area.say(*title)) }
                    p { a href=(address(&format!("{PATH}/{}.csv", kind.name()), period)) { (area.say(kind.download())) } }
                    (part::charts(area, *kind, rows, &currencies))
                    (part::table(area, (*kind, *title), rows, &report.all, &currencies))
                }
            }
        }
    }
}

/// Answers with the days as a table for spreadsheets.
pub(crate) async fn days(
    request: HttpRequest,
    area: Area,
    kept: Data<Totals>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    csv(&request, &area, &kept, asked.into_inner(), part::Kind::Days).await
}

/// Answers with the titles as a table for spreadsheets.
pub(crate) async fn titles(
    request: HttpRequest,
    area: Area,
    kept: Data<Totals>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    csv(&request, &area, &kept, asked.into_inner(), part::Kind::Titles).await
}

/// Answers with the auditoriums as a table for spreadsheets.
pub(crate) async fn auditoriums(
    request: HttpRequest,
    area: Area,
    kept: Data<Totals>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    csv(&request, &area, &kept, asked.into_inner(), part::Kind::Auditoriums).await
}

async fn csv(
    request: &HttpRequest,
    area: &Area,
    kept: &Totals,
    asked: Asked,
    kind: part::Kind,
) -> Result<HttpResponse, Problem> {
    let (period, report) = match read(area, kept, asked).await? {
        Ok(found) => found,
        Err(draft) => return Ok(unread(area, &draft).respond_to(request)),
    };
    let rows: Vec<_> = match kind {
        part::Kind::Days => report.days.iter().map(|row| (row.name.to_string(), &row.sum)).collect(),
        part::Kind::Titles => part::named(&report.titles),
        part::Kind::Auditoriums => part::named(&report.auditoriums),
    };
    let text = part::csv(kind, &rows, &report.currencies());
    let name = format!("{}-{}-{}.csv", kind.name(), period.first, period.last);
    let mut answer = Csv { text, name, next: None }.respond_to(request);
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}
