//! The first page of the manager.

use actix_web::web::Data;
use maud::html;
use ticketly_http::session::Session;

use crate::app::Web;
use crate::locale::{Words, texts};
use crate::page::Page;

/// Shows the manager what there is to do.
pub(crate) async fn show(web: Data<Web>, words: Words, session: Session) -> Page {
    let title = words.say(texts::MANAGER_TITLE);
    Page::new(&web, words, title.as_str(), html! { h1 { (title) } }).in_session(&session)
}
