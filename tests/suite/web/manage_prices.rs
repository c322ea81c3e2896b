//! Price lists and promotions.

use serde_json::{Value, json};

use super::manage::Manager;
use super::{body, opened};
use crate::http::app::text;

const LIST: &str = "/manage/prices";
const PROMOTIONS: &str = "/manage/promotions";

/// Returns the fields of a list with a price for all seats and one for the lounge.
fn fields(name: &str) -> Vec<(&str, &str)> {
    vec![
        ("name", name),
        ("currency", "eur"),
        ("tax", "7"),
        ("rows", "3"),
        ("zone-1", "standard"),
        ("zone-2", "lounge"),
        ("type-0", "adult"),
        ("amount-0-0", "12,50"),
        ("amount-0-2", "16.90"),
        ("type-1", "child"),
        ("amount-1-0", "7.9"),
    ]
}

/// Returns the fields with others instead of those of the same names.
fn with<'a>(fields: Vec<(&'a str, &'a str)>, others: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = fields.into_iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
    kept.chain(others.iter().copied()).collect()
}

fn lists(manager: &Manager) -> Vec<Value> {
    manager.app.get("/v1/price-lists").send().ok()["priceLists"].as_array().unwrap().clone()
}

fn prices(manager: &Manager, list: &Value) -> Value {
    manager.app.get(&format!("/v1/price-lists/{}", text(list, "priceListId"))).send().ok()
}

/// Returns what a page says beside a field.
#[track_caller]
fn beside<'a>(page: &'a str, field: &str) -> &'a str {
    let (_, beside) = page.split_once(&format!("id=\"f-{field}-wrong\"")).expect(field);
    beside.split("</p>").next().unwrap()
}

#[test]
fn a_price_list_is_added_and_given_to_a_showing() {
    let manager = Manager::new();
    let hall = manager.app.auditorium();
    let form = manager.open(&format!("{LIST}/new"));
    assert!(form.contains(r#"name="zone-1" value="standard""#) && form.contains(r#"name="zone-2" value="lounge""#));
    let to = manager.accepted(&format!("{LIST}/new"), &fields("Weekend"));
    let added = &lists(&manager)[0];
    assert_eq!(to, format!("{LIST}/{}?done=added", text(added, "priceListId")));
    let list = prices(&manager, added);
    assert_eq!((text(&list, "name"), text(&list, "currency"), &list["taxRate"]), ("Weekend", "EUR", &json!(700)));
    let expected = json!([
        { "ticketType": "adult", "amount": 1250 },
        { "ticketType": "adult", "zone": "lounge", "amount": 1690 },
        { "ticketType": "child", "amount": 790 },
    ]);
    assert_eq!(list["prices"], expected);
    let page = manager.open(&to);
    assert!(page.contains("It is added.") && page.contains("Version 1 of 1."), "{page}");
    assert!(page.contains(r#"name="amount-0-0" type="text" value="12.50""#), "{page}");
    let german = opened(&manager.get(&to).header("Accept-Language", "de"));
    assert!(german.contains(r#"value="12,50""#) && german.contains("Fassung 1 von 1."));
    let cards = manager.open(LIST);
    assert!(cards.contains("adult, child") && cards.contains("€7.90 – €16.90"), "{cards}");
    let slot = manager.app.schedule_priced(added, "Alien", "2020-10-01 20:00");
    assert_eq!(slot["priceListId"], added["priceListId"]);
    assert!(hall["auditoriumId"].is_string());
}

#[test]
fn a_new_list_begins_like_the_last_one() {
    let manager = Manager::new();
    manager.accepted(&format!("{LIST}/new"), &with(fields("Weekend"), &[("currency", "CHF"), ("tax", "8.1 %")]));
    let form = manager.open(&format!("{LIST}/new"));
    assert!(form.contains(r#"name="currency" type="text" value="CHF""#) && form.contains(r#"value="8.1""#), "{form}");
}

#[test]
fn what_is_wrong_with_a_price_list_is_told_beside_its_field() {
    let manager = Manager::new();
    let long = "x".repeat(101);
    for (field, value, words) in [
        ("name", "", "Give a name of 1 to 100 characters."),
        ("name", &*long, "Give a name of 1 to 100 characters."),
        ("currency", "XXX", "Give the code of a currency, such as EUR."),
        ("tax", "", "Give a tax rate from 0 to 100 percent"),
        ("tax", "7.125", "Give a tax rate from 0 to 100 percent"),
        ("amount-0-0", "12.505", "Give a sum of money that is not too large"),
        ("amount-0-2", "much", "Give a sum of money that is not too large"),
        ("amount-1-0", "-1", "Give a sum of money that is not too large"),
        ("amount-1-0", "", "Give this ticket a price: 0 when it is free."),
        ("type-0", "", "Give a ticket type a name of 1 to 40 characters."),
        ("type-1", "adult", "Another ticket has this name."),
    ] {
        let page = manager.refused(&format!("{LIST}/new"), &with(fields("Weekend"), &[(field, value)]));
        assert!(beside(&page, field).contains(words), "{field} {value}: {page}");
        assert!(page.contains(&format!(r##"<a href="#f-{field}">"##)), "a link to {field}");
        assert!(field == "type-1" || page.contains(r#"value="child""#), "what was typed is kept");
    }
    let none: Vec<_> = fields("Weekend").into_iter().take(4).collect();
    assert!(beside(&manager.refused(&format!("{LIST}/new"), &none), "type-0").contains("Give at least one ticket"));
    assert_eq!(lists(&manager), Vec::<Value>::new());
}

#[test]
fn a_list_that_is_sent_twice_is_added_once() {
    let manager = Manager::new();
    manager.accepted(&format!("{LIST}/new"), &fields("Weekend"));
    let page = manager.refused(&format!("{LIST}/new"), &fields("Weekend"));
    assert!(beside(&page, "name").contains("Another price list has this name."));
    assert_eq!(lists(&manager).len(), 1);
}

#[test]
fn more_tickets_get_fields_and_nothing_is_saved() {
    let manager = Manager::new();
    let answer = manager.submit(&format!("{LIST}/new"), &with(fields("Weekend"), &[("do", "more")]));
    assert_eq!(answer.status, 200);
    let page = body(&answer);
    assert!(page.contains(r#"name="amount-5-2""#) && !page.contains(r#"name="type-6""#), "{page}");
    assert!(page.contains(r#"value="16.90""#) && page.contains(r#"value="Weekend""#));
    assert_eq!(lists(&manager), Vec::<Value>::new());
    let most = body(&manager.submit(&format!("{LIST}/new"), &with(fields("x"), &[("do", "more"), ("rows", "19")])));
    assert!(
        most.contains(r#"name="type-19""#) && !most.contains(r#"name="type-20""#) && !most.contains("More tickets")
    );
}

#[test]
fn changed_prices_are_a_version_and_showings_keep_theirs() {
    let manager = Manager::new();
    let list = manager.app.price_list();
    let slot = manager.app.schedule_priced(&list, "Alien", "2020-10-01 20:00");
    let path = format!("{LIST}/{}", text(&list, "priceListId"));
    assert!(manager.open(&path).contains(r#"name="zone-1" value="lounge""#), "a zone of the list itself");
    // The list of the test was given in another order.
    assert_eq!(manager.accepted(&path, &fields("")), format!("{path}?done=saved"));
    assert_eq!(lists(&manager)[0]["priceListVersion"], 1, "the same prices are no version");
    manager.accepted(&path, &with(fields(""), &[("amount-0-0", "13")]));
    assert_eq!(prices(&manager, &list)["prices"][0]["amount"], 1300);
    assert_eq!(manager.app.slot(&slot)["priceListVersion"], 1);
    let page = manager.open(&path);
    assert!(page.contains("Version 2 of 2.") && page.contains(r#"value="13.00""#));
    let before = manager.open(&format!("{path}?version=1"));
    assert!(before.contains("Version 1 of 2.") && before.contains(r#"value="12.50""#));
    assert_eq!(manager.get(&format!("{path}?version=3")).send().status, 404);
    let page = manager.refused(&path, &with(fields(""), &[("amount-0-0", "x")]));
    assert!(beside(&page, "amount-0-0").contains("Give a sum of money") && page.contains("Nothing was saved yet."));
    assert_eq!(lists(&manager)[0]["priceListVersion"], 2);
}

#[test]
fn a_list_that_is_too_large_for_a_form_is_shown() {
    let manager = Manager::new();
    let price = |number: usize| json!({ "ticketType": format!("type {}", number % 20), "zone": format!("zone {}", number / 20), "amount": 100 });
    let prices: Vec<_> = (0..200).map(price).collect();
    let zones: Vec<_> = (10..60)
        .map(|number| json!({ "ticketType": "type 0", "zone": format!("zone {number}"), "amount": 1 }))
        .collect();
    let most = [&prices[..150], &zones[..]].concat();
    let draft = json!({ "name": "All", "currency": "EUR", "taxRate": 0, "prices": most });
    let list = manager.app.post("/v1/price-lists").key(manager.app.admin.as_str()).json(draft).send().created();
    let page = manager.open(&format!("{LIST}/{}", text(&list, "priceListId")));
    assert!(
        page.contains("more prices than fit in a form") && page.contains("zone 59") && !page.contains("amount-0-0")
    );
}

fn promotion(manager: &Manager, code: &str) -> Value {
    manager.app.get(&format!("/v1/promotions/{code}")).key(manager.app.admin.as_str()).send().ok()
}

#[test]
fn a_promotion_is_added_and_used() {
    let manager = Manager::new();
    let fields = [
        ("code", "spring-2020"),
        ("off", "20 %"),
        ("unit", "percent"),
        ("uses", "2"),
        ("from", "2020-09-01T00:00"),
        ("until", "2020-12-31T23:59:59"),
    ];
    let to = manager.accepted(&format!("{PROMOTIONS}/new"), &fields);
    assert_eq!(to, format!("{PROMOTIONS}/SPRING-2020?done=added"));
    let added = promotion(&manager, "SPRING-2020");
    assert_eq!((&added["percent"], &added["uses"], &added["active"]), (&json!(20), &json!(2), &json!(true)));
    let times = (text(&added, "validFrom"), text(&added, "validUntil"));
    assert_eq!(times, ("2020-09-01T00:00:00Z", "2020-12-31T23:59:00Z"));
    let app = &manager.app;
    let slot = app.schedule_priced(&app.price_list(), "Alien", "2020-10-01 20:00");
    let hold =
        json!({ "slotId": slot["slotId"], "numTickets": 1, "ticketTypes": ["adult"], "promotionCode": "spring-2020" });
    let hold = app.post("/v1/holds").json(hold).send().created();
    assert_eq!(hold["total"], 1000);
    let page = manager.open(&to);
    assert!(page.contains("used 1 of 2 times") && page.contains("20%") && page.contains(">Valid<"), "{page}");
    assert!(manager.open(PROMOTIONS).contains("used 1 of 2 times"));
    let german = opened(&manager.get(&to).header("Accept-Language", "de"));
    assert!(german.contains("1 von 2 Mal verwendet") && german.contains("Gültig bis"));
}

#[test]
fn a_promotion_takes_an_amount_of_a_currency_of_the_cinema() {
    let manager = Manager::new();
    assert!(!manager.open(&format!("{PROMOTIONS}/new")).contains(">EUR<"), "there is no price list yet");
    manager.app.price_list();
    assert!(manager.open(&format!("{PROMOTIONS}/new")).contains(">EUR<"));
    manager.accepted(&format!("{PROMOTIONS}/new"), &[("code", "FIVE"), ("off", "5,00"), ("unit", "EUR")]);
    let added = promotion(&manager, "FIVE");
    assert_eq!((&added["amount"], text(&added, "currency"), &added["uses"]), (&json!(500), "EUR", &json!(null)));
    assert!(manager.open(&format!("{PROMOTIONS}/FIVE")).contains("€5.00"));
}

#[test]
fn what_is_wrong_with_a_promotion_is_told_beside_its_field() {
    let manager = Manager::new();
    manager.app.price_list();
    let fields = vec![("code", "SPRING"), ("off", "20"), ("unit", "percent")];
    for (others, field, words) in [
        (&[("code", "a b")][..], "code", "A code has 3 to 40 letters, digits and hyphens"),
        (&[("off", "0")], "off", "Give 1 to 100 percent."),
        (&[("off", "101")], "off", "Give 1 to 100 percent."),
        (&[("off", "0"), ("unit", "EUR")], "off", "Give a sum of money"),
        (&[("off", "x"), ("unit", "EUR")], "off", "Give a sum of money"),
        (&[("uses", "0")], "uses", "Give a number of uses"),
        (&[("uses", "many")], "uses", "Give a number of uses"),
        (&[("until", "soon")], "until", "Give a date and a time"),
        (
            &[("from", "2020-10-02T00:00"), ("until", "2020-10-01T00:00")],
            "until",
            "Give an end after the beginning, or leave it out.",
        ),
    ] {
        let page = manager.refused(&format!("{PROMOTIONS}/new"), &with(fields.clone(), others));
        assert!(beside(&page, field).contains(words), "{others:?}: {page}");
    }
    manager.accepted(&format!("{PROMOTIONS}/new"), &fields);
    let page = manager.refused(&format!("{PROMOTIONS}/new"), &with(fields, &[("off", "30")]));
    assert!(beside(&page, "code").contains("There is a promotion of this code already."));
    assert_eq!(promotion(&manager, "SPRING")["percent"], 20);
}

#[test]
fn the_limits_of_a_promotion_change_and_it_is_switched_off() {
    let manager = Manager::new();
    let fields = [("code", "SPRING"), ("off", "20"), ("unit", "percent"), ("uses", "2"), ("until", "2020-12-31T12:00")];
    manager.accepted(&format!("{PROMOTIONS}/new"), &fields);
    let path = format!("{PROMOTIONS}/SPRING");
    let page = manager.open(&path);
    assert!(page.contains(r#"value="2020-12-31T12:00""#), "{page}");
    let to = manager.accepted(&path, &[("uses", "5"), ("until", "2021-01-31T12:00")]);
    assert_eq!(to, format!("{path}?done=saved"));
    let changed = promotion(&manager, "SPRING");
    assert_eq!((&changed["uses"], text(&changed, "validUntil")), (&json!(5), "2021-01-31T12:00:00Z"));
    for (sent, field, words) in [
        ([("uses", ""), ("until", "2021-01-31T12:00")], "uses", "cannot be taken away"),
        ([("uses", "5"), ("until", "")], "until", "cannot be taken away"),
        ([("uses", "x"), ("until", "2021-01-31T12:00")], "uses", "Give a number of uses"),
        ([("uses", "6"), ("until", "x")], "until", "Give a date and a time"),
    ] {
        let page = manager.refused(&path, &sent);
        assert!(beside(&page, field).contains(words), "{sent:?}");
    }
    assert_eq!(promotion(&manager, "SPRING"), changed);
    let off = manager.accepted(&format!("{path}/switch"), &[("switch", "off")]);
    assert!(manager.open(&off).contains("The code is switched off.") && manager.open(&off).contains("Switched off"));
    assert_eq!(promotion(&manager, "SPRING")["active"], false);
    let on = manager.accepted(&format!("{path}/switch"), &[("switch", "on")]);
    assert!(manager.open(&on).contains("Bookings may use the code again."));
    assert_eq!(promotion(&manager, "SPRING")["active"], true);
    manager.app.set_clock("2021-02-01T00:00:00Z");
    let later = Manager::signed_in(manager.app);
    assert!(later.open(PROMOTIONS).contains("Ended"));
    assert_eq!(later.get(&format!("{PROMOTIONS}/NONE")).send().status, 404);
}

#[test]
fn names_are_text_on_the_pages_of_prices() {
    let manager = Manager::new();
    let hostile = with(fields("<b>\"x"), &[("type-0", "<i>\"adult"), ("zone-1", "<u>\"")]);
    let to = manager.accepted(&format!("{LIST}/new"), &hostile);
    for page in [manager.open(LIST), manager.open(&to)] {
        assert!(page.contains("&lt;b&gt;&quot;x") && page.contains("&lt;i&gt;&quot;adult"));
        assert!(!page.contains("<b>") && !page.contains("<i>") && !page.contains("<u>"));
    }
}

#[test]
fn prices_of_another_site_are_refused() {
    let manager = Manager::new();
    for path in [format!("{LIST}/new"), format!("{PROMOTIONS}/new")] {
        let answer = manager.foreign(&path, &[&fields("Weekend")[..], &[("code", "SPRING"), ("off", "5")]].concat());
        assert_eq!(answer.status, 403, "{answer}");
    }
    assert_eq!(lists(&manager), Vec::<Value>::new());
    assert!(manager.open(PROMOTIONS).contains("There is no promotion yet."));
}
