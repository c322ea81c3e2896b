//! Importing a seating plan: one of pretix, or a file of Ticketly.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::html;
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_plans::Imported;

use super::area::{Area, Part};
use super::auditoriums::{begun, new_page};
use super::field::{Draft, Input};
use super::import_notes;
use crate::assets::IMPORT_JS;
use crate::locale::texts;
use crate::page::Page;

/// The field with the file's text.
const FILE: &str = "file";

/// Asks for a file.
pub(crate) async fn show(area: Area) -> Page {
    page(&area, &Draft::of::<&str>([]), None)
}

/// Reads a file, and shows its plan in the form of a new auditorium. Nothing is saved yet.
pub(crate) async fn submit(request: HttpRequest, area: Area, form: Form) -> Result<HttpResponse, Problem> {
    let mut draft = Draft::sent(form);
    match ticketly_plans::read(draft.value(FILE)) {
        Ok(Imported { name, picture, notes }) => {
            let notes: Vec<_> = notes.iter().map(|note| import_notes::tell(area.words, note)).collect();
            Ok(new_page(&area, &begun(&picture, name), &notes).respond_to(&request))
        }
        Err(error) => {
            draft.refuse(FILE, area.say(texts::MANAGE_IMPORT_WRONG));
            Ok(page(&area, &draft, Some(&error.to_string()))
                .with_status(StatusCode::UNPROCESSABLE_ENTITY)
                .respond_to(&request))
        }
    }
}

/// Shows the form. `reason` says why a file was not read, in the language of the program that imports plans too.
fn page(area: &Area, draft: &Draft, reason: Option<&str>) -> Page {
    let content = html! {
        h1 { (area.say(texts::MANAGE_IMPORT_TITLE)) }
        p { (area.say(texts::MANAGE_IMPORT_HINT)) }
        (draft.alert(area))
        @if let Some(reason) = reason { p.notice { (area.say(texts::MANAGE_IMPORT_REASON)) " " span lang="en" { (reason) } } }
        form.sheet method="post" action="/manage/auditoriums/import" {
            (area.token())
            fieldset.whole {
                legend { (area.say(texts::MANAGE_IMPORT_FILE)) }
                div.field.chooser hidden {
                    label for="choose-file" { (area.say(texts::MANAGE_IMPORT_CHOOSE)) }
                    input #choose-file type="file" accept=".json,application/json";
                }
                (draft.input(area, texts::MANAGE_IMPORT_TEXT, Input {
                    name: FILE, kind: Some("textarea"), required: true, ..Input::default()
                }))
            }
            div.actions {
                button { (area.say(texts::MANAGE_IMPORT_SEND)) }
                a href="/manage/auditoriums" { (area.say(texts::MANAGE_DISCARD)) }
            }
        }
    };
    area.page(Part::Auditoriums, area.say(texts::MANAGE_IMPORT_TITLE), content).with(IMPORT_JS)
}
