//! The fields of forms: what was sent, and what is wrong with it.

use std::str::FromStr;

use maud::{Markup, html};
use ticketly_domain::{Entity, Invalid, Refusal};
use ticketly_http::form::Form;

use super::area::Area;
use crate::locale::{Text, texts};
use crate::refusal::{of_invalid, of_refusal};

/// A form as it is shown: with what is known, or with what was sent and is wrong.
pub(super) struct Draft {
    form: Form,
    wrong: Vec<(String, String)>,
}

/// How a field is entered.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Input<'a> {
    /// The name of the field.
    pub name: &'a str,
    /// The type of the element; a line of text unless given.
    pub kind: Option<&'a str>,
    /// Whether the form is sent only with it.
    pub required: bool,
    /// The greatest number of characters.
    pub max: Option<usize>,
    /// The keyboard that a telephone shows.
    pub keyboard: Option<&'a str>,
    /// What else there is to say.
    pub hint: Option<Text>,
    /// The identifier of a list of proposals.
    pub list: Option<&'a str>,
}

impl Draft {
    /// Creates a form with these values.
    pub fn of<N: Into<String>>(fields: impl IntoIterator<Item = (N, String)>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.into(), value)).collect();
        Self { form: Form::of(fields), wrong: Vec::new() }
    }

    /// Creates the form that was sent.
    pub fn sent(form: Form) -> Self {
        Self { form, wrong: Vec::new() }
    }

    /// Returns the value of a field. Empty when it has none.
    pub fn value<'a>(&'a self, name: &'a str) -> &'a str {
        self.form.one(name).unwrap_or_default()
    }

    /// Returns the form.
    pub const fn form(&self) -> &Form {
        &self.form
    }

    /// Notes what is wrong with a field. An empty name is that of the whole form.
    pub fn refuse(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.wrong.push((name.into(), text.into()));
    }

    /// Returns whether something is wrong.
    pub fn is_refused(&self) -> bool {
        !self.wrong.is_empty()
    }

    /// Reads a field, and notes what is wrong with it. A field that is not filled in is read as an empty text.
    pub fn read<T>(&mut self, area: &Area, name: &str, parse: impl FnOnce(&str) -> Result<T, Invalid>) -> Option<T> {
        match parse(self.form.one(name).unwrap_or_default()) {
            Ok(value) => Some(value),
            Err(invalid) => {
                self.refuse(name, of_invalid(area.words, &invalid));
                None
            }
        }
    }

    /// Reads the identifier of an entity. A text that is none is one that does not exist.
    pub fn id<T: FromStr>(&mut self, area: &Area, name: &str, entity: Entity) -> Option<T> {
        let id = self.value(name).parse().ok();
        if id.is_none() {
            self.refuse(name, of_refusal(area.words, area.web.zone, &Refusal::Unknown(entity)));
        }
        id
    }

    /// Reads a field that may be left out.
    pub fn optional<T>(
        &mut self,
        area: &Area,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        if self.value(name).is_empty() { None } else { self.read(area, name, parse) }
    }

    /// Says what is wrong, with links to the fields. Screen readers say it at once.
    pub fn alert(&self, area: &Area) -> Markup {
        self.alert_under(area, texts::MANAGE_NOT_SAVED)
    }

    /// Says what is wrong after a heading, for a form that saves nothing.
    pub fn alert_under(&self, area: &Area, heading: Text) -> Markup {
        html! {
            @if self.is_refused() {
                div.alert role="alert" {
                    p { strong { (area.say(heading)) } }
                    ul {
                        @for (name, text) in &self.wrong {
                            li { @if name.is_empty() { (text) } @else { a href=(format!("#f-{name}")) { (text) } } }
                        }
                    }
                }
            }
        }
    }

    /// Shows a field with its label, and what is wrong with it.
    pub fn input(&self, area: &Area, label: Text, input: Input<'_>) -> Markup {
        self.named(area, &area.say(label), input)
    }

    /// Shows a field whose label is no text of the language, such as a zone.
    pub fn named(&self, area: &Area, label: &str, input: Input<'_>) -> Markup {
        let Input { name, kind, required, max, keyboard, hint, list } = input;
        let kind = kind.unwrap_or("text");
        self.labeled(area, label, (name, hint), |id, described| {
            html! {
                @if kind == "textarea" {
                    textarea id=(id) name=(name) rows="3" maxlength=[max] aria-describedby=[described]
                        aria-invalid=[self.is_wrong(name)] { (self.value(name)) }
                } @else {
                    input id=(id) name=(name) type=(kind) value=(self.value(name)) required[required] maxlength=[max]
                        inputmode=[keyboard] list=[list] autocomplete="off" aria-describedby=[described]
                        aria-invalid=[self.is_wrong(name)];
                }
            }
        })
    }

    /// Shows a field with a choice of values, each with its name.
    pub fn select(&self, area: &Area, label: Text, name: &str, values: &[(String, String)]) -> Markup {
        let chosen = self.value(name);
        self.labeled(area, &area.say(label), (name, None), |id, described| {
            html! {
                select id=(id) name=(name) aria-describedby=[described] aria-invalid=[self.is_wrong(name)] {
                    @for (value, text) in values { option value=(value) selected[value == chosen] { (text) } }
                }
            }
        })
    }

    /// Shows a label around an element, which gets its identifier and what describes it.
    pub fn labeled(
        &self,
        area: &Area,
        label: &str,
        (name, hint): (&str, Option<Text>),
        element: impl FnOnce(&str, Option<String>) -> Markup,
    ) -> Markup {
        let id = format!("f-{name}");
        let wrong: Vec<_> = self.wrong.iter().filter(|(field, _)| field == name).collect();
        let parts = [hint.map(|_| format!("{id}-hint")), (!wrong.is_empty()).then(|| format!("{id}-wrong"))];
        let described = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        html! {
            div.field {
                label for=(id) { (label) }
                (element(&id, Some(described).filter(|ids| !ids.is_empty())))
                @if let Some(hint) = hint { p.hint id=(format!("{id}-hint")) { (area.say(hint)) } }
                @if !wrong.is_empty() {
                    p.error id=(format!("{id}-wrong")) { @for (_, text) in wrong { (text) " " } }
                }
            }
        }
    }

    fn is_wrong(&self, name: &str) -> Option<&'static str> {
        self.wrong.iter().any(|(field, _)| field == name).then_some("true")
    }
}
