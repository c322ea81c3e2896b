//! A cinema whose customers buy on its pages and pay at a bank, and browsers that do so.

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use ticketly_domain::{PaymentId, Rules, Store, Ticketing};
use ticketly_store_contract::bank::Bank;

use super::{BROWSER, body};
use crate::http::answer::Answer;
use crate::http::app::{App, Stage, text, time};

/// A cinema with a film in a hall of 30 seats, at a price.
pub struct Shop {
    pub app: App,
    pub bank: Arc<Bank>,
    pub slot: Value,
    store: Arc<dyn Store>,
}

impl Shop {
    pub fn open() -> Self {
        Self::on(Stage::new())
    }

    pub fn on(stage: Stage) -> Self {
        let bank = Arc::new(Bank::default());
        let stage = Stage { pages: true, provider: Some(bank.clone()), ..stage };
        let store = stage.store.clone();
        let app = App::on(stage);
        let slot = super::seated(&app, "Chinatown", "2020-10-01 19:00");
        Self { app, bank, slot, store }
    }

    /// Returns the path of the film's page.
    pub fn path(&self) -> String {
        path(&self.slot)
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser { app: &self.app, cookies: Vec::new(), language: "en" }
    }

    /// The bank tells what became of a payment.
    pub fn notify(&self, words: &str) -> Answer {
        let post = self.app.post("/v1/payments/notifications").header("webhook-id", "msg_7");
        let post = post.header("webhook-timestamp", "1604257200").header("webhook-signature", "the bank");
        post.header("content-type", "application/json").body(words).send()
    }

    /// The buyer pays, and the bank tells.
    pub fn pay(&self, payment: &str, sum: u32) {
        self.bank.pay(payment.parse().unwrap());
        self.notify(&format!("authorised {payment} {sum}")).ok();
    }

    /// The buyer declines, and the bank tells.
    pub fn decline(&self, payment: &str) {
        self.bank.decline(payment.parse::<PaymentId>().unwrap());
        self.notify(&format!("declined {payment}")).ok();
    }

    /// Works off what is due at a time.
    pub fn work(&self, at: &str) {
        let (store, bank, at) = (self.store.clone(), self.bank.clone(), time(at));
        actix_web::rt::System::new().block_on(async move {
            let rng = &mut StdRng::seed_from_u64(9);
            let ticketing = Ticketing::open(store, Rules::default(), rng).await.unwrap().paid_through(bank);
            for payment in ticketing.money_due(at, 9).await.unwrap().0 {
                ticketing.settle_payment(&payment, at, rng).await.unwrap();
            }
        });
    }

    /// Holds seats as another customer does.
    pub fn held_by_others(&self, seats: &[&str]) {
        let types = vec!["adult"; seats.len()];
        let hold = json!({ "slotId": self.slot["slotId"], "seats": seats, "ticketTypes": types });
        self.app.post("/v1/holds").json(hold).send().created();
    }
}

/// Returns the path of the page of a slot.
pub fn path(slot: &Value) -> String {
    format!("/showings/{}", text(slot, "slotId"))
}

/// A browser of one person. It keeps cookies.
pub struct Browser<'a> {
    pub app: &'a App,
    cookies: Vec<(String, String)>,
    pub language: &'static str,
}

impl Browser<'_> {
    /// Opens a page.
    pub fn get(&mut self, path: &str) -> String {
        let answer = self.ask("GET", path, None);
        assert_eq!(answer.status, 200, "{answer}");
        body(&answer)
    }

    /// Sends a form.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask("POST", path, Some(fields))
    }

    /// Sends a form, which leads to another page, and returns the path of that.
    pub fn go(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(path, fields);
        assert_eq!(answer.status, 303, "{answer}");
        answer.the("location").to_owned()
    }

    /// Opens a page that leads to another, and returns the path of that.
    pub fn led(&mut self, path: &str) -> String {
        let answer = self.ask("GET", path, None);
        assert_eq!(answer.status, 303, "{answer}");
        answer.the("location").to_owned()
    }

    /// Chooses seats of a page that is open, and returns the path of the hold.
    pub fn hold(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let page = self.get(path);
        self.go(path, &[&[("key", key(&page))], fields].concat())
    }

    /// Sends a form of a page that is open.
    pub fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(path);
        self.post(path, &[&[("key", key(&page))], fields].concat())
    }

    pub fn ask(&mut self, method: &str, path: &str, fields: Option<&[(&str, &str)]>) -> Answer {
        let call = self.app.call(method, path).header("Accept", BROWSER).header("Accept-Language", self.language);
        let cookies: Vec<_> = self.cookies.iter().filter(|(its, _)| path.starts_with(its.as_str())).collect();
        let cookies: Vec<_> = cookies.into_iter().map(|(_, cookie)| cookie.as_str()).collect();
        let call = if cookies.is_empty() { call } else { call.header("Cookie", cookies.join("; ")) };
        let call = if let Some(fields) = fields { call.form(fields) } else { call };
        let answer = call.send();
        if let Some(set) = answer.header("set-cookie") {
            let part = |name: &str| set.split("; ").find_map(|part| part.strip_prefix(name)).unwrap().to_owned();
            self.cookies.retain(|(its, _)| *its != part("Path="));
            if part("Max-Age=") != "0" {
                self.cookies.push((part("Path="), set.split(';').next().unwrap().to_owned()));
            }
        }
        answer
    }
}

/// Returns the key of the first form of a page.
pub fn key(page: &str) -> &str {
    field(page, "key")
}

/// Returns the value of the first field of this name on a page.
pub fn field<'p>(page: &'p str, name: &str) -> &'p str {
    let (_, rest) =
        page.split_once(&format!(r#"name="{name}" value=""#)).unwrap_or_else(|| panic!("no {name}: {page}"));
    rest.split('"').next().unwrap()
}

/// Returns the fields of the button with a text: what it asks for without being seen.
pub fn offer<'p>(page: &'p str, button: &str) -> Vec<(&'p str, &'p str)> {
    let end = page.find(&format!(">{button}</button>")).unwrap_or_else(|| panic!("no button {button}: {page}"));
    let form = &page[page[..end].rfind("<form").unwrap()..end];
    let hidden = form.split("<input type=\"hidden\" name=\"").skip(1);
    hidden.map(|field| (field.split('"').next().unwrap(), field.split('"').nth(2).unwrap())).collect()
}
