//! The blocks of a showing: seats that the public cannot book.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use ticketly_domain::{
    Block, BlockDraft, BlockId, BlockReason, Channel, Error, Refusal, Release, SeatLabel, SlotId, TicketCount,
};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::session::Session;

use super::counter::Counter;
use super::frame::{page, token};
use super::wish::{self, Failure};
use super::{START, parts, sale_form};
use crate::app::Web;
use crate::locale::{Words, texts};
use crate::page::{Page, alert, see_other};
use crate::seats::{self, Options};

/// Lists the blocks, with the form that makes one.
pub(crate) async fn show(web: Data<Web>, words: Words, session: Session, id: Id<SlotId>) -> Result<Page, Problem> {
    let counter = Counter::read(&web, id.0).await.map_err(refused)?;
    Ok(ask(&web, words, &session, &counter, &Form::of(Vec::new()), None))
}

/// Makes a block, or deletes one.
pub(crate) async fn change(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    session: Session,
    id: Id<SlotId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let done = || see_other(&path(id.0));
    if let Some(block) = form.one("delete").and_then(|block| block.parse::<BlockId>().ok()) {
        return match web.ticketing.unblock(id.0, block).await {
            // A second click.
            Ok(_) | Err(Error::Refused(Refusal::Unknown(_))) => Ok(done()),
            Err(error) => Err(refused(error)),
        };
    }
    match make(&web, id.0, &form).await {
        Ok(_) => Ok(done()),
        Err(failure) => {
            let counter = Counter::read(&web, id.0).await.map_err(refused)?;
            let page = ask(&web, words, &session, &counter, &form, Some(&failure));
            Ok(sale_form::answer(page, failure).respond_to(&request))
        }
    }
}

async fn make(web: &Web, slot: SlotId, form: &Form) -> Result<Block, Failure> {
    let reason = BlockReason::parse(form.one("reason").unwrap_or_default());
    let reason = reason.map_err(|_| Failure::Field(texts::OFFICE_BAD_REASON))?;
    let release = release(web, form)?;
    let id = id_of(form, slot);
    let seats = match wish::seats(form) {
        seats if seats.is_empty() => {
            // The best seats are others by the second click.
            if let Some(id) = id
                && let Some(block) = known(web, slot, id).await?
            {
                return Ok(block);
            }
            best(web, slot, form).await?
        }
        seats => seats,
    };
    let labels = seats.iter().map(|seat| SeatLabel::parse(seat)).collect::<Result<_, _>>();
    let labels = labels.map_err(|_| Failure::Field(texts::OFFICE_BAD_SEATS))?;
    let draft = BlockDraft::new(labels, reason, release).map_err(|_| Failure::Field(texts::OFFICE_BAD_SEATS))?;
    Ok(match id {
        Some(id) => web.ticketing.block_once(slot, id, draft, web.now()).await?,
        None => web.ticketing.block(slot, draft, web.now(), &mut rand::rng()).await?,
    })
}

/// Returns the identifier of the block that a form asks for, however often it is sent. `None` for a form without a key.
fn id_of(form: &Form, slot: SlotId) -> Option<BlockId> {
    let shown: BlockId = form.one(Form::KEY)?.parse().ok()?;
    Some(form.idempotency_key(&path(slot))?.block(shown))
}

/// Returns the block of this identifier, if it exists.
async fn known(web: &Web, slot: SlotId, id: BlockId) -> Result<Option<Block>, Error> {
    Ok(web.ticketing.blocks(slot, web.now()).await?.into_iter().find(|block| block.id() == id))
}

/// Returns the labels of the best seats that are free, as many as a form asks for.
async fn best(web: &Web, slot: SlotId, form: &Form) -> Result<Vec<String>, Failure> {
    let wrong = Failure::Count(TicketCount::MAX);
    let count = wish::number(form, "count").ok().and_then(|count| TicketCount::new(count.into()).ok()).ok_or(wrong)?;
    let selection = wish::places(form, count, &[])?;
    let office = web.ticketing.through(Channel::BoxOffice);
    Ok(office.best_seats(slot, selection, web.now(), &mut rand::rng()).await?)
}

/// Reads when the seats of a block are released.
fn release(web: &Web, form: &Form) -> Result<Option<Release>, Failure> {
    let wrong = |_| Failure::Field(texts::OFFICE_BAD_RELEASE);
    if let Some(at) = form.one("released_at") {
        return Ok(Some(Release::At(web.zone.read(&at.replace('T', " ")).map_err(wrong)?)));
    }
    let Some(minutes) = form.one("minutes") else { return Ok(None) };
    let minutes = minutes.parse().map_err(|_| Failure::Field(texts::OFFICE_BAD_RELEASE))?;
    Ok(Some(Release::before_start(minutes).map_err(wrong)?))
}

fn path(slot: SlotId) -> String {
    format!("{START}/showings/{slot}/blocks")
}

fn ask(web: &Web, words: Words, session: &Session, counter: &Counter, form: &Form, failure: Option<&Failure>) -> Page {
    let (slot, showing) = (&counter.slot, counter.slot.showing());
    let title = words.say(texts::OFFICE_BLOCKS_TITLE);
    let content = html! {
        h1 { (title) }
        p.when {
            a href=(format!("{START}/showings/{}", slot.id())) { (showing.name().as_str()) } ", " (parts::when(words, web.zone, showing))
        }
        p.hint { (words.say(texts::OFFICE_BLOCKS_HINT)) }
        @if let Some(failure) = failure { (alert(&sale_form::says(web, words, failure))) }
        @if counter.blocks.is_empty() { p.none { (words.say(texts::OFFICE_BLOCKS_NONE)) } }
        ul.programme { @for block in &counter.blocks { li { (line(web, words, session, block)) } } }
        (make_form(web, words, session, counter, form))
    };
    seats::on(page(web, words, session, &title, &content))
}

fn line(web: &Web, words: Words, session: &Session, block: &Block) -> Markup {
    html! {
        div.card {
            div {
                h2 { (block.reason().as_str()) }
                p { (block.labels().join(", ")) }
                @if let Some(at) = block.released_at() {
                    p.facts { (words.say(texts::OFFICE_RELEASED)) " " (parts::moment(words, web.zone, at)) }
                }
            }
            form method="post" action=(path(block.slot())) {
                (token(session))
                button.quiet name="delete" value=(block.id()) {
                    (words.say(texts::OFFICE_UNBLOCK)) span.unseen { ": " (block.reason().as_str()) }
                }
            }
        }
    }
}

fn make_form(web: &Web, words: Words, session: &Session, counter: &Counter, form: &Form) -> Markup {
    let key = form.one(Form::KEY).map_or_else(|| BlockId::mint(web.now(), &mut rand::rng()).to_string(), str::to_owned);
    let given = |name: &'static str| form.one(name).unwrap_or_default().to_owned();
    let chosen = wish::seats(form);
    let most = u8::try_from(Block::MAX_SEATS).unwrap_or(u8::MAX);
    let options = Options { chosen: &chosen, limit: most, ..Options::of(Channel::BoxOffice) };
    html! {
        form.sale method="post" action=(path(counter.slot.id())) {
            (token(session))
            input type="hidden" name=(Form::KEY) value=(key);
            h2 { (words.say(texts::OFFICE_BLOCK_NEW)) }
            div.fields {
                label.field {
                    (words.say(texts::OFFICE_REASON))
                    input name="reason" value=(given("reason")) required maxlength=(BlockReason::MAX) autocomplete="off" autofocus;
                }
                label.field {
                    (words.say(texts::OFFICE_BLOCK_COUNT))
                    input.count type="number" name="count" value=(given("count")) min="1" max=(TicketCount::MAX) inputmode="numeric";
                }
                (sale_form::typed_seats(words))
                label.field {
                    (words.say(texts::OFFICE_RELEASE_MINUTES))
                    input.count type="number" name="minutes" value=(given("minutes")) min="0" max=(Release::MAX_MINUTES_BEFORE_START) inputmode="numeric";
                }
                label.field {
                    (words.say(texts::OFFICE_RELEASE_AT))
                    input type="datetime-local" name="released_at" value=(given("released_at"));
                }
            }
            @if let Some(chooser) = seats::chooser(words, &counter.slot, &counter.holds, options) { (chooser) }
            div.till { button { (words.say(texts::OFFICE_BLOCK)) } }
        }
    }
}
