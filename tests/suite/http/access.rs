//! Authorization. The access table is repeated here, so that it cannot change without notice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::http::Method;
use chrono::{DateTime, TimeDelta, Utc};
use ticketly_api::routes::routes;
use ticketly_domain::{KeyHash, KeyLabel, KeyRecord, MockStore, Role, StoreError};
use ticketly_http::authorization::Access;
use ticketly_http::authorization::Entry;
use ticketly_http::route::entries;

use super::answer::Answer;
use super::app::{App, Stage};

/// Every route with the roles that it needs. A role beside `anyone` has later deadlines.
const TABLE: &str = "
    GET  /v1/auditoriums               anyone
    POST /v1/auditoriums               admin
    GET  /v1/auditoriums/{auditoriumId}           anyone
    GET  /v1/auditoriums/{auditoriumId}/plan      anyone
    PUT  /v1/auditoriums/{auditoriumId}/plan      admin
    GET  /v1/auditoriums/{auditoriumId}/timetable anyone
    GET  /v1/price-lists               anyone
    POST /v1/price-lists               admin
    GET  /v1/price-lists/{priceListId}        anyone
    PUT  /v1/price-lists/{priceListId}/prices admin
    GET  /v1/promotions                admin box_office
    POST /v1/promotions                admin
    GET  /v1/promotions/{promotionCode}   admin box_office
    PATCH /v1/promotions/{promotionCode} admin
    GET  /v1/slots                     anyone
    POST /v1/slots                     admin
    GET  /v1/slots/{slotId}            anyone
    PATCH /v1/slots/{slotId}           admin
    POST /v1/slots/{slotId}/close      admin
    POST /v1/slots/{slotId}/reopen     admin
    POST /v1/slots/{slotId}/cancel     admin
    GET  /v1/slots/{slotId}/cancellation admin box_office
    GET  /v1/slots/{slotId}/call-list  box_office
    POST /v1/slots/{slotId}/reseat     admin
    GET  /v1/slots/{slotId}/reseating  admin box_office
    GET  /v1/slots/{slotId}/blocks     admin box_office
    POST /v1/slots/{slotId}/blocks     admin box_office
    DELETE /v1/slots/{slotId}/blocks/{blockId} admin box_office
    GET  /v1/slots/{slotId}/prices     anyone
    GET  /v1/slots/{slotId}/seats      anyone
    GET  /v1/slots/{slotId}/seats/live anyone
    GET  /v1/slots/{slotId}/tickets    box_office
    GET  /v1/slots/{slotId}/totals     admin
    GET  /v1/totals                    admin
    POST /v1/holds                     anyone box_office
    GET  /v1/holds/{holdId}            anyone
    DELETE /v1/holds/{holdId}          anyone
    POST /v1/holds/{holdId}/confirm    anyone box_office
    POST /v1/holds/{holdId}/extend     anyone

    POST /v1/holds/{holdId}/payment    anyone

    POST /v1/payments/notifications    anyone
    GET  /v1/payments/unpaid           admin box_office
    GET  /v1/payments/{paymentId}      anyone
    POST /v1/payments/{paymentId}/complete box_office
    GET  /v1/refunds                   admin box_office
    POST /v1/refunds/{refundId}/complete box_office
    POST /v1/bookings                  anyone box_office
    GET  /v1/bookings/{bookingId}      anyone
    POST /v1/bookings/{bookingId}/move   anyone box_office
    POST /v1/bookings/{bookingId}/cancel anyone box_office
    GET  /v1/tickets/{ticketId}        anyone
    GET  /v1/tickets/{ticketId}/code   anyone
    GET  /v1/tickets/{ticketId}/user   anyone
    POST /v1/tickets/{ticketId}/move   anyone box_office
    POST /v1/tickets/{ticketId}/cancel anyone box_office
    GET  /v1/codes/keys                anyone
    POST /v1/codes/verify              box_office
    GET  /v1/users/{userId}/tickets    box_office
    POST /v1/expirations               scheduler admin
    POST /v1/archivals                 scheduler admin
    POST /v1/erasures                  admin

    POST /bookTicket                   anyone box_office
    POST /updateMovieSlotForTicket     anyone box_office
    POST /getAllTicketsForMovieSlot    box_office
    POST /getUserDetailsByTicketId     anyone
    POST /cancelTicket                 anyone box_office
    POST /expireTickets                scheduler admin
    POST /scheduleMovie                admin
    POST /getAllMovieSlots             anyone
    POST /getAllMovieSlotsByGenre      anyone

    GET  /health/live                  anyone
    GET  /health/ready                 anyone

    GET  /metrics                      admin

    GET  /                             anyone
    GET  /openapi.json                 anyone
    GET  /docs                         anyone
    GET  /docs/start.js                anyone
    GET  /docs/swagger-ui.css          anyone
    GET  /docs/swagger-ui-bundle.js    anyone
";

struct Row {
    method: &'static str,
    path: &'static str,
    roles: Vec<&'static str>,
}

fn table() -> Vec<Row> {
    let rows = TABLE.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|words| !words.is_empty());
    rows.map(|words| Row { method: words[0], path: words[1], roles: words[2..].to_vec() }).collect()
}

/// Fills the parameters of a path.
fn filled(path: &str) -> String {
    let fill = |part: &str| if part.starts_with('{') { "X1".to_owned() } else { part.to_owned() };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

#[test]
fn the_access_table_is_this_one() {
    let line = |entry: &Entry| {
        let roles = match entry.access {
            Access::Anyone => vec!["anyone"],
            Access::AnyoneOrBoxOffice => vec!["anyone", "box_office"],
            Access::Session(roles) | Access::Roles(roles) => roles.iter().map(|role| role.as_str()).collect(),
        };
        format!("{} {} {}", entry.method, entry.path, roles.join(" "))
    };
    let written: Vec<_> =
        table().iter().map(|row| format!("{} {} {}", row.method, row.path, row.roles.join(" "))).collect();
    assert_eq!(entries(&routes()).iter().map(line).collect::<Vec<_>>(), written);
}

#[test]
fn exactly_the_declared_roles_are_authorized() {
    let app = App::start();
    let keys = [
        ("a client without a key", None),
        ("a stranger", Some("tkl_admin_0123456789abcdefghjkmnpqrs")),
        ("admin", Some(app.admin.as_str())),
        ("box_office", Some(app.box_office.as_str())),
        ("scheduler", Some(app.scheduler.as_str())),
    ];
    for Row { method, path, roles } in table() {
        for (who, key) in keys {
            let answer = app.call(method, &filled(path)).key(key).send();
            let asked = format!("{who} asks {method} {path} and gets {}", answer.status);
            // Where the box office has later deadlines, an invalid key is refused.
            let checks_keys = roles.len() > 1;
            let authorized = roles.contains(&"anyone") && !(checks_keys && who == "a stranger");
            if authorized || roles.contains(&who) {
                assert!(![401, 403, 405].contains(&answer.status), "{asked}");
                assert!(!answer.mentions("urn:ticketly:problem:not_found"), "{asked}");
            } else if Role::ALL.iter().any(|role| role.as_str() == who) {
                let problem = answer.problem(403, "forbidden");
                assert!(roles.iter().all(|role| problem["detail"].as_str().unwrap().contains(role)), "{asked}");
            } else {
                answer.problem(401, "unauthenticated");
                assert_eq!(answer.the("www-authenticate"), "Bearer", "{asked}");
            }
        }
    }
}

#[test]
fn undeclared_methods_are_answered_with_405() {
    let app = App::start();
    let table = table();
    for row in &table {
        let here = table.iter().filter(|one| one.path == row.path);
        let with_head = |one: &Row| if one.method == "GET" { vec!["GET", "HEAD"] } else { vec![one.method] };
        let declared: Vec<_> = here.flat_map(with_head).collect();
        let methods = [
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
            Method::TRACE,
        ];
        for method in methods.iter().map(Method::as_str).filter(|method| !declared.contains(method)) {
            for key in [None, Some(app.admin.as_str())] {
                let answer = app.call(method, &filled(row.path)).key(key).send();
                if method == "HEAD" {
                    assert_eq!((answer.status, answer.body.len()), (405, 0));
                } else {
                    answer.problem(405, "method_not_allowed");
                }
                assert_eq!(answer.the("allow"), declared.join(", "), "{method} {}", row.path);
            }
        }
    }
}

/// Returns the answer of a route of the scheduler to an Authorization header.
fn with_header(app: &App, header: &str) -> Answer {
    app.post("/v1/expirations").header("Authorization", header).send()
}

#[test]
fn a_key_is_accepted_only_as_a_bearer_token() {
    let app = App::start();
    let key = app.scheduler.as_str();
    for right in [format!("Bearer {key}"), format!("bearer {key}"), format!("BEARER  {key}")] {
        assert_eq!(with_header(&app, &right).ok()["complete"], true);
    }
    for wrong in
        [key.to_owned(), format!("Basic {key}"), "Bearer".to_owned(), "Bearer ".to_owned(), format!("Bearer {key}x")]
    {
        with_header(&app, &wrong).problem(401, "unauthenticated");
    }
    let in_the_query = app.post(&format!("/v1/expirations?key={key}&access_token={key}")).send();
    in_the_query.problem(401, "unauthenticated");
    let upper = with_header(&app, &format!("Bearer {}", key.to_uppercase()));
    upper.problem(401, "unauthenticated");
}

#[test]
fn no_spelling_of_a_path_avoids_authorization() {
    let app = App::start();
    for path in ["/v1/expirations/", "//v1/expirations", "/v1//expirations", "/V1/expirations", "/v1/./expirations"] {
        let answer = app.post(path).send();
        answer.problem(404, "not_found");
    }
    app.post("/v1/%65xpirations").send().problem(401, "unauthenticated");
    app.post("/v1/expirations").header("X-HTTP-Method-Override", "GET").send().problem(401, "unauthenticated");
}

/// Returns a store in which every key is a scheduler's until `ends`. It counts the reads of keys and the attempts to
/// note a use, which fail.
fn counting(ends: DateTime<Utc>) -> (MockStore, Arc<[AtomicUsize; 2]>) {
    let counts: Arc<[AtomicUsize; 2]> = Arc::default();
    let mut keys = MockStore::new();
    keys.expect_add_key().returning(|_, _| Ok(()));
    let reads = Arc::clone(&counts);
    keys.expect_key().returning(move |hash: &KeyHash| {
        reads[0].fetch_add(1, Ordering::Relaxed);
        let (role, hash) = (Role::Scheduler, *hash);
        let label = KeyLabel::numbered(role, 1);
        Ok(Some(KeyRecord { role, hash, label, created: DateTime::UNIX_EPOCH, ends: Some(ends), used: None }))
    });
    let uses = Arc::clone(&counts);
    keys.expect_note_use().returning(move |_, _| {
        uses[1].fetch_add(1, Ordering::Relaxed);
        Err(StoreError::Contended)
    });
    (keys, counts)
}

#[test]
fn a_busy_key_is_read_and_noted_once() {
    let (keys, counts) = counting(DateTime::UNIX_EPOCH + TimeDelta::days(100_000));
    let app = App::on(Stage { keys: Arc::new(keys), ..Stage::new() });
    for _ in 0..20 {
        assert_eq!(app.post("/v1/expirations").key(app.scheduler.as_str()).send().ok()["complete"], true);
    }
    let [reads, uses] = [0, 1].map(|index: usize| counts[index].load(Ordering::Relaxed));
    // More than one only if the test takes more than five seconds.
    assert!((1..=5).contains(&reads), "{reads} reads");
    assert_eq!(uses, 1, "even if it cannot be noted");
    for nonsense in ["nonsense", "tkl_scheduler_short", "tkl_king_0123456789abcdefghjkmnpqrs"] {
        app.post("/v1/expirations").key(nonsense).send().problem(401, "unauthenticated");
    }
    assert_eq!(counts[0].load(Ordering::Relaxed), reads, "a text that cannot be a key costs no read");
}

#[test]
fn a_cached_key_ends_on_time() {
    let (keys, _) = counting("2020-10-01T12:00:00Z".parse().unwrap());
    let app = App::on(Stage { keys: Arc::new(keys), ..Stage::new() });
    let ask = || app.post("/v1/expirations").key(app.scheduler.as_str()).send();
    app.set_clock("2020-10-01T11:59:59Z");
    assert_eq!(ask().ok()["complete"], true);
    app.set_clock("2020-10-01T12:00:00Z");
    ask().problem(401, "unauthenticated");
}
