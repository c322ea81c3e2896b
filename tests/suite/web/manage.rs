//! The manager's area: its session, and its first page.

use serde_json::json;

use super::sign_in::{session, token};
use super::{app, body, opened};
use crate::http::answer::Answer;
use crate::http::app::{App, Stage, order, text};
use crate::http::client::Call;

/// A manager who is signed in.
pub struct Manager {
    pub app: App,
    cookie: String,
    token: String,
}

impl Manager {
    pub fn new() -> Self {
        Self::signed_in(app())
    }

    pub fn on(stage: Stage) -> Self {
        Self::signed_in(App::on(Stage { pages: true, ..stage }))
    }

    /// Signs in at a server that runs.
    pub fn signed_in(app: App) -> Self {
        let cookie = session(&app, &app.admin);
        let page = opened(&app.get("/manage").header("Cookie", &cookie));
        let token = token(&page).to_owned();
        Self { app, cookie, token }
    }

    pub fn get(&self, path: &str) -> Call {
        self.app.get(path).header("Cookie", &self.cookie)
    }

    /// Opens a page.
    #[track_caller]
    pub fn open(&self, path: &str) -> String {
        opened(&self.get(path))
    }

    /// Sends a form with the session's token.
    pub fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post(path, fields).send()
    }

    /// Prepares a form with the session's token.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Call {
        let fields = [&[("token", self.token.as_str())], fields].concat();
        self.app.post(path).header("Cookie", &self.cookie).form(&fields)
    }

    /// Sends a form without the session's token, as another site would.
    pub fn foreign(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.app.post(path).header("Cookie", &self.cookie).form(fields).send()
    }

    /// Sends a form that is accepted, and returns where it leads.
    #[track_caller]
    pub fn accepted(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.submit(path, fields);
        assert_eq!(answer.status, 303, "{answer}");
        answer.the("location").to_owned()
    }

    /// Sends a form that is shown again, and returns its page.
    #[track_caller]
    pub fn refused(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.submit(path, fields);
        assert_eq!((answer.status, answer.the("content-type")), (422, "text/html; charset=utf-8"), "{answer}");
        body(&answer)
    }
}

#[test]
fn every_page_of_the_manager_needs_a_session_of_an_admin() {
    let app = app();
    let office = session(&app, &app.box_office);
    for path in [
        "/manage",
        "/manage/timetable",
        "/manage/timetable/new",
        "/manage/timetable/check",
        "/manage/auditoriums",
        "/manage/auditoriums/new",
        "/manage/auditoriums/import",
        "/manage/auditoriums/check",
        "/manage/prices",
        "/manage/prices/new",
        "/manage/promotions",
        "/manage/promotions/new",
        "/manage/promotions/SPRING",
        "/manage/figures",
        "/manage/figures/days.csv",
        "/manage/figures/titles.csv",
        "/manage/figures/auditoriums.csv",
        "/manage/keys",
        "/manage/keys/new",
        "/manage/keys/revoke",
    ] {
        for call in [app.get(path), app.get(path).header("Cookie", &office), app.get(path).key(app.admin.as_str())] {
            let answer = call.send();
            let to = format!("/sign-in?to={}", path.replace('/', "%2F"));
            assert_eq!((answer.status, answer.the("location")), (303, to.as_str()), "{path}");
        }
    }
}

#[test]
fn a_form_of_another_site_changes_nothing() {
    let manager = Manager::new();
    let slot = manager.app.schedule("Alien", "2020-10-01 20:00", 20);
    let path = format!("/manage/showings/{}/cancel", text(&slot, "slotId"));
    for token in [vec![], vec![("token", "x")]] {
        let answer = manager.app.post(&path).header("Cookie", &manager.cookie).form(&token).send();
        assert_eq!(answer.status, 403, "{answer}");
    }
    assert_eq!(manager.app.slot(&slot)["sales"], json!(null));
}

#[test]
fn the_first_page_shows_how_full_the_showings_of_the_day_are() {
    let manager = Manager::new();
    manager.app.set_clock("2020-10-01T05:00:00Z");
    let hall = manager.app.auditorium();
    let alien = manager.app.schedule_in(&hall, "Alien", "2020-10-01 20:00");
    manager.app.schedule("Brazil", "2020-10-02 01:30", 20);
    manager.app.schedule("Casablanca", "2020-10-02 20:00", 20);
    manager.app.book(&alien, 3);
    let page = manager.open("/manage");
    assert!(page.contains("Alien") && page.contains("Hall 1") && page.contains("3 of 30 taken"), "{page}");
    assert!(page.contains("Brazil"), "after midnight it is still the evening");
    assert!(!page.contains("Casablanca"));
    assert!(
        page.contains("Nothing needs your attention.") && page.contains(r#"<a href="/manage" aria-current="page">"#)
    );
    let german = opened(&manager.get("/manage").header("Accept-Language", "de"));
    assert!(german.contains("Vorstellungen von heute") && german.contains("3 von 30 belegt"));
}

#[test]
fn refunds_that_are_due_need_attention() {
    let manager = Manager::new();
    let app = &manager.app;
    let slot = app.schedule_priced(&app.price_list(), "Alien", "2020-10-01 20:00");
    let hold = json!({ "slotId": slot["slotId"], "numTickets": 1, "ticketTypes": ["adult"] });
    let hold = app.post("/v1/holds").key(app.box_office.as_str()).json(hold).send().created();
    let person = json!({ "userName": "John", "userPhoneNumber": "9653864514", "paymentMethod": "cash" });
    let path = format!("/v1/holds/{}/confirm", text(&hold, "holdId"));
    app.post(&path).key(app.box_office.as_str()).json(person).send().created();
    assert!(manager.open("/manage").contains("Nothing needs your attention."));
    let cancel = format!("/v1/slots/{}/cancel", text(&slot, "slotId"));
    app.post(&cancel).key(app.admin.as_str()).send().ok();
    let mut page = manager.open("/manage");
    while page.contains("is being canceled") {
        page = manager.open("/manage");
    }
    assert!(page.contains("1 refund is due."), "{page}");
    assert!(!page.contains("John"));
}

#[test]
fn a_title_is_text_on_every_page() {
    let manager = Manager::new();
    manager.app.set_clock("2020-10-01T05:00:00Z");
    let hall = manager.app.auditorium();
    let slot = manager.app.schedule_in(&hall, "<b>\"Alien\"", "2020-10-01 20:00");
    let id = text(&slot, "slotId");
    manager.app.post("/v1/bookings").json(order(&slot, 1)).send().created();
    for path in
        ["", "/timetable", "/timetable/new?like=ID", "/showings/ID", "/showings/ID/cancel", "/showings/ID/reseat"]
    {
        let page = manager.open(&format!("/manage{}", path.replace("ID", id)));
        assert!(page.contains("&lt;b&gt;&quot;Alien&quot;") && !page.contains("<b>"), "{path}");
    }
}
