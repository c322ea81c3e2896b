//! The editor of seating plans: a text, and with the module a picture on which seats are painted.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use maud::{Markup, html};
use ticketly_domain::{Plan, SeatKind};
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;

use super::area::{Area, fragment};
use super::field::{Draft, Input};
use super::plan_picture::{draw, summary};
use super::plan_text::{FOCUS, LEGEND, ROWS, Unread, read};
use crate::locale::texts;

/// The address at which a module asks what is wrong with a plan.
pub(super) const CHECK: &str = "/manage/auditoriums/check";

/// Reads the plan of a form, and notes what is wrong with it.
pub(super) fn plan(draft: &mut Draft, area: &Area) -> Option<Plan> {
    match read(draft) {
        Ok(plan) => Some(plan),
        Err(unread) => {
            draft.refuse(unread.field(), unread.tell(area.words));
            None
        }
    }
}

/// Answers what a plan looks like, or what is wrong with it and where.
pub(crate) async fn check(area: Area, form: Form) -> Result<HttpResponse, Problem> {
    Ok(fragment(StatusCode::OK, &checked(&area, &Draft::sent(form))))
}

/// Shows what a plan looks like, or what is wrong with it and where.
pub(super) fn checked(area: &Area, draft: &Draft) -> Markup {
    match read(draft) {
        Ok(plan) => html! { (summary(area, &plan)) (draw(area, &plan)) },
        Err(unread) => wrong(area, &unread),
    }
}

fn wrong(area: &Area, unread: &Unread) -> Markup {
    let (row, column) = unread.place();
    html! { p.alert data-row=[row] data-column=[column] { (unread.tell(area.words)) } }
}

/// Returns the fields of a plan.
pub(super) fn fields(area: &Area, draft: &Draft) -> Markup {
    let [across, along] = FOCUS;
    let percent = |name| Input { name, keyboard: Some("decimal"), max: Some(6), ..Input::default() };
    html! {
        fieldset.whole.plan-editor data-check=(CHECK) {
            legend { (area.say(texts::MANAGE_PLAN_TITLE)) }
            (painter(area))
            details.plan-text open {
                summary { (area.say(texts::MANAGE_PLAN_AS_TEXT)) }
                (draft.input(area, texts::MANAGE_PLAN_LEGEND, Input {
                    name: LEGEND, kind: Some("textarea"), hint: Some(texts::MANAGE_PLAN_LEGEND_HINT), ..Input::default()
                }))
                (draft.input(area, texts::MANAGE_PLAN_ROWS, Input {
                    name: ROWS, kind: Some("textarea"), hint: Some(texts::MANAGE_PLAN_ROWS_HINT), ..Input::default()
                }))
            }
            div.pair {
                (draft.input(area, texts::MANAGE_PLAN_ACROSS, percent(across)))
                (draft.input(area, texts::MANAGE_PLAN_ALONG, percent(along)))
            }
            p.hint { (area.say(texts::MANAGE_PLAN_FOCUS_HINT)) }
            div.preview role="status" { (checked(area, draft)) }
        }
    }
}

/// Returns what the module paints with. It is hidden without the module.
fn painter(area: &Area) -> Markup {
    let button = |action: &str, text| html! { button.quiet type="button" data-do=(action) { (area.say(text)) } };
    let words = [("_", area.say(texts::MANAGE_PLAN_AISLE)), (" ", area.say(texts::MANAGE_PLAN_NOTHING))];
    html! {
        div.painter hidden data-wheelchair=(area.say(texts::MANAGE_PLAN_WHEELCHAIR))
            data-companion=(area.say(texts::MANAGE_PLAN_COMPANION)) data-row=(area.say(texts::MANAGE_PLAN_ROW)) {
            fieldset.palette {
                legend { (area.say(texts::MANAGE_PLAN_PAINT)) }
                @for (value, name) in words {
                    label.choice { input type="radio" name="paint" value=(value); span { (name) } }
                }
            }
            div.add-zone {
                label for="new-zone" { (area.say(texts::MANAGE_PLAN_NEW_ZONE)) }
                input #new-zone maxlength="40" autocomplete="off";
                (button("zone", texts::MANAGE_PLAN_ADD_ZONE))
            }
            p.hint #paint-keys { (area.say(texts::MANAGE_PLAN_KEYS)) }
            div.window {
                table.paint role="grid" tabindex="0" aria-label=(area.say(texts::MANAGE_PLAN_PAINTED))
                    aria-describedby="paint-keys" { tbody {} }
            }
            p.cursor role="status" {}
            fieldset.row-facts {
                legend { (area.say(texts::MANAGE_PLAN_THIS_ROW)) }
                label { (area.say(texts::MANAGE_PLAN_LABEL)) input data-row-fact="row" maxlength="4" autocomplete="off"; }
                label { (area.say(texts::MANAGE_PLAN_FIRST)) input data-row-fact="from" inputmode="numeric" maxlength="4" autocomplete="off"; }
                label {
                    (area.say(texts::MANAGE_PLAN_COUNTED))
                    select data-row-fact="step" {
                        @for (step, text) in [("1", texts::MANAGE_PLAN_STEP_UP), ("-1", texts::MANAGE_PLAN_STEP_DOWN),
                            ("2", texts::MANAGE_PLAN_STEP_UP_TWO), ("-2", texts::MANAGE_PLAN_STEP_DOWN_TWO)] {
                            option value=(step) { (area.say(text)) }
                        }
                    }
                }
                (button("row-before", texts::MANAGE_PLAN_ROW_BEFORE))
                (button("row-after", texts::MANAGE_PLAN_ROW_AFTER))
                (button("row-away", texts::MANAGE_PLAN_ROW_AWAY))
                (button("place-in", texts::MANAGE_PLAN_PLACE_IN))
                (button("place-out", texts::MANAGE_PLAN_PLACE_OUT))
                (button("undo", texts::MANAGE_PLAN_UNDO))
            }
        }
    }
}

/// Returns whether a plan has places for people in wheelchairs, and how many.
pub(super) fn wheelchairs(plan: &Plan) -> usize {
    let seats = (0..plan.seats()).filter_map(|number| plan.seat(ticketly_domain::SeatNo(number)));
    seats.filter(|seat| seat.kind == SeatKind::Wheelchair).count()
}
