//! API keys.

use ticketly_domain::KeyHash;

use super::manage::Manager;
use super::sign_in::session;
use super::{body, opened};
use crate::http::answer::Answer;
use crate::http::app::App;

const LIST: &str = "/manage/keys";

fn create(manager: &Manager, fields: &[(&str, &str)]) -> Answer {
    manager.submit(&format!("{LIST}/new"), fields)
}

/// Creates a key, and returns it as the page shows it.
#[track_caller]
fn created(manager: &Manager, label: &str, role: &str) -> String {
    let answer = create(manager, &[("label", label), ("role", role)]);
    assert_eq!(answer.status, 200, "{answer}");
    shown(&body(&answer)).to_owned()
}

/// Returns the key on a page.
fn shown(page: &str) -> &str {
    let (_, key) = page.split_once("<code>").expect("a key");
    key.split('<').next().unwrap()
}

fn question(manager: &Manager, label: &str) -> String {
    let answer = revoke(manager, &[("label", label)]);
    assert_eq!(answer.status, 200, "{answer}");
    body(&answer)
}

fn revoke(manager: &Manager, fields: &[(&str, &str)]) -> Answer {
    manager.submit(&format!("{LIST}/revoke"), fields)
}

fn opens(app: &App, key: &str) -> bool {
    app.post("/sign-in").form(&[("key", key)]).send().status == 303
}

#[test]
fn the_list_of_keys_tells_what_is_known_and_no_secret() {
    let manager = Manager::new();
    let page = manager.open(LIST);
    for words in [
        "admin-1",
        "box_office-1",
        "scheduler-1",
        "Management",
        "Box office",
        "1 October 2020, 00:00",
        "no end",
        "never",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert_eq!(page.matches("You are signed in with it").count(), 1);
    let app = &manager.app;
    for key in [&app.admin, &app.box_office, &app.scheduler] {
        let hash = KeyHash::of(key);
        assert!(!page.contains(key.as_str()) && !page.contains(&hash.name()), "{page}");
    }
    let german = opened(&manager.get(LIST).header("Accept-Language", "de"));
    assert!(german.contains("Sie sind damit angemeldet") && german.contains("Verwaltung"));
}

#[test]
fn a_key_is_shown_once() {
    let manager = Manager::new();
    let answer = create(&manager, &[("label", "till-3"), ("role", "box_office"), ("until", "")]);
    assert_eq!((answer.status, answer.header("location")), (200, None));
    assert_eq!((answer.the("cache-control"), answer.the("referrer-policy")), ("no-store", "no-referrer"));
    let page = body(&answer);
    assert!(page.contains("It is shown this once.") && page.contains("The key till-3"), "{page}");
    let key = shown(&page);
    assert!(key.starts_with("tkl_box_office_"));
    let office = session(&manager.app, key);
    assert_eq!(manager.app.get("/box-office").header("Cookie", office).send().status, 200);
    let list = manager.open(LIST);
    assert!(list.contains("till-3") && !list.contains(key));
    let again = manager.refused(&format!("{LIST}/new"), &[("label", "till-3"), ("role", "box_office")]);
    assert!(again.contains(r##"<a href="#f-label">Another key has this label."##) && !again.contains("tkl_"));
}

#[test]
fn a_key_ends_with_its_last_day() {
    let manager = Manager::new();
    let answer = create(&manager, &[("label", "guest"), ("role", "admin"), ("until", "2020-10-01")]);
    let key = shown(&body(&answer)).to_owned();
    assert!(opens(&manager.app, &key) && manager.open(LIST).contains("2 October 2020, 00:00"));
    manager.app.set_clock("2020-10-02T00:00:00Z");
    assert!(!opens(&manager.app, &key));
    assert!(Manager::signed_in(manager.app).open(LIST).contains("Ended"));
}

#[test]
fn what_is_wrong_with_a_key_is_told_beside_its_field() {
    let manager = Manager::new();
    for (label, role, until, field, words) in [
        ("", "admin", "", "label", "Give a label of 1 to 64"),
        ("till 3", "admin", "", "label", "Give a label of 1 to 64"),
        ("deadbeef", "admin", "", "label", "Give a label of 1 to 64"),
        ("admin-1", "admin", "", "label", "Another key has this label."),
        ("x", "king", "", "role", "Choose one of the list."),
        ("x", "admin", "2020-09-30", "until", "Give a day that is not over yet"),
        ("x", "admin", "soon", "until", "Give a day that is not over yet"),
        ("x", "admin", "9999-12-31", "until", "Give a day that is not over yet"),
    ] {
        let page = manager.refused(&format!("{LIST}/new"), &[("label", label), ("role", role), ("until", until)]);
        let (_, beside) = page.split_once(&format!("id=\"f-{field}-wrong\"")).expect(words);
        assert!(beside.split("</p>").next().unwrap().contains(words), "{label} {role} {until}: {page}");
        assert!(page.contains("Nothing was saved yet.") && !page.contains("tkl_"));
    }
    assert_eq!(manager.open(LIST).matches("li class=\"card\"").count(), 3);
}

#[test]
fn a_revoked_key_opens_nothing() {
    let manager = Manager::new();
    let key = created(&manager, "a&b=#c/%", "box_office");
    let page = question(&manager, "a&b=#c/%");
    assert!(page.contains("Revoke the key a&amp;b=#c/%?") && page.contains("This cannot be undone."), "{page}");
    assert!(!page.contains("You are signed in with this key."));
    assert!(manager.open(LIST).contains("a&amp;b=#c/%"), "it was only asked");
    let sure = [("label", "a&b=#c/%"), ("sure", "1")];
    let to = manager.accepted(&format!("{LIST}/revoke"), &sure);
    assert_eq!(to, format!("{LIST}?done=revoked"));
    let list = manager.open(&to);
    assert!(list.contains("The key is revoked.") && !list.contains("a&amp;b"));
    assert!(!opens(&manager.app, &key));
    assert_eq!(revoke(&manager, &sure).status, 404);
    assert_eq!(revoke(&manager, &[]).status, 404);
}

#[test]
fn no_address_has_a_label() {
    let manager = Manager::new();
    created(&manager, "anna", "box_office");
    let pages = [manager.open(LIST), question(&manager, "anna"), manager.open(&format!("{LIST}/revoke"))];
    for page in pages {
        assert!(page.contains("anna"), "{page}");
        for form in page.split("<form").skip(1).filter(|form| form.contains("anna")) {
            assert!(form.contains(r#"method="post""#), "{form}");
        }
        assert!(!page.split("href=\"").skip(1).any(|link| link.split('"').next().unwrap().contains("anna")), "{page}");
    }
}

#[test]
fn the_last_key_of_the_manager_is_not_revoked() {
    let manager = Manager::new();
    // A key that has ended opens nothing.
    create(&manager, &[("label", "guest"), ("role", "admin"), ("until", "2020-10-01")]);
    manager.app.set_clock("2020-10-02T00:00:00Z");
    let manager = Manager::signed_in(manager.app);
    let page = question(&manager, "admin-1");
    assert!(page.contains("This is the last key that opens these pages.") && !page.contains(">Revoke</button>"));
    let refused = revoke(&manager, &[("label", "admin-1"), ("sure", "1")]);
    assert_eq!(refused.status, 409);
    assert!(body(&refused).contains("This is the last key that opens these pages."));
    assert!(manager.open(LIST).contains("admin-1"));
    manager.accepted(&format!("{LIST}/revoke"), &[("label", "guest"), ("sure", "1")]);
}

#[test]
fn who_revokes_their_own_key_is_warned_and_signed_out() {
    let manager = Manager::new();
    let other = created(&manager, "anna", "admin");
    let page = question(&manager, "admin-1");
    assert!(page.contains("You will be signed out, and need another one.") && page.contains(">Revoke</button>"));
    let answer = revoke(&manager, &[("label", "admin-1"), ("sure", "1")]);
    assert_eq!((answer.status, answer.the("location")), (303, "/sign-in"));
    assert!(answer.the("set-cookie").starts_with("ticketly_session=;"), "{answer}");
    let anna = session(&manager.app, &other);
    let list = opened(&manager.app.get(LIST).header("Cookie", anna));
    assert!(list.contains("anna") && !list.contains("admin-1"));
}

#[test]
fn keys_of_another_site_are_refused() {
    let manager = Manager::new();
    let new = manager.foreign(&format!("{LIST}/new"), &[("label", "x"), ("role", "admin")]);
    let revoke = manager.foreign(&format!("{LIST}/revoke"), &[("label", "scheduler-1"), ("sure", "1")]);
    assert_eq!((new.status, revoke.status), (403, 403));
    let list = manager.open(LIST);
    assert!(list.contains("scheduler-1") && list.matches("li class=\"card\"").count() == 3);
}

#[test]
fn a_label_is_text_on_every_page_of_keys() {
    let manager = Manager::new();
    let page = body(&create(&manager, &[("label", "<b>\"x"), ("role", "box_office")]));
    for page in [page, manager.open(LIST), question(&manager, "<b>\"x")] {
        assert!(page.contains("&lt;b&gt;&quot;x") && !page.contains("<b>"), "{page}");
    }
}
