//! Languages: texts, dates and sums of money as a reader expects them.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::LazyLock;

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use chrono::{Datelike as _, NaiveDate, NaiveTime};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use ticketly_domain::{Currency, Genre};
use unic_langid::LanguageIdentifier;

/// A text that every language has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text(&'static str);

include!(concat!(env!("OUT_DIR"), "/locales.rs"));

/// The longest list of languages that is read, in bytes.
const MAX_ACCEPTED: usize = 500;

struct Language {
    tag: &'static str,
    bundle: FluentBundle<FluentResource>,
}

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| LOCALES.iter().map(Language::of).collect());

impl Language {
    /// Reads a language. Errors of its file are those of a test.
    fn of((tag, source): &(&'static str, &str)) -> Self {
        let id = tag.parse::<LanguageIdentifier>().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // The marks around arguments would be in the texts that people copy.
        bundle.set_use_isolating(false);
        let texts = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(texts, _)| texts);
        drop(bundle.add_resource(texts));
        Self { tag, bundle }
    }

    fn text(&self, name: &str, arguments: Option<&FluentArgs<'_>>) -> Option<String> {
        let pattern = self.bundle.get_message(name)?.value()?;
        Some(self.bundle.format_pattern(pattern, arguments, &mut Vec::new()).into_owned())
    }
}

/// The texts in the language of a reader.
#[derive(Clone, Copy)]
pub(crate) struct Words(&'static Language);

impl Words {
    /// Returns the texts in the first language of a request that there is, otherwise in the default language.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let tags: Vec<_> = LANGUAGES.iter().map(|language| language.tag).collect();
        let chosen = chosen(accepted.get(..MAX_ACCEPTED).unwrap_or(accepted), &tags).unwrap_or(DEFAULT_LANGUAGE);
        let found = LANGUAGES.iter().find(|language| language.tag == chosen);
        Self(found.unwrap_or_else(|| LazyLock::force(&NONE)))
    }

    /// Returns the language's tag.
    pub(crate) fn tag(self) -> &'static str {
        self.0.tag
    }

    /// Returns a text without arguments.
    pub(crate) fn say(self, text: Text) -> String {
        self.named(text.0, None)
    }

    /// Returns a text with arguments.
    pub(crate) fn tell<'a>(
        self,
        text: Text,
        arguments: impl IntoIterator<Item = (&'a str, FluentValue<'a>)>,
    ) -> String {
        self.named(text.0, Some(&arguments.into_iter().collect()))
    }

    fn named(self, name: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        self.0.text(name, arguments).unwrap_or_else(|| name.to_owned())
    }

    /// Returns the name of a genre.
    pub(crate) fn genre(self, genre: Genre) -> String {
        self.named(&format!("genre-{}", genre.as_str().to_ascii_lowercase().replace(' ', "-")), None)
    }

    /// Returns the name of a day's weekday.
    pub(crate) fn weekday(self, day: NaiveDate) -> String {
        self.named(&format!("weekday-{}", day.weekday().number_from_monday()), None)
    }

    /// Returns a day with its weekday and month.
    pub(crate) fn day(self, day: NaiveDate) -> String {
        let month = self.named(&format!("month-{}", day.month()), None);
        let weekday = self.weekday(day);
        self.tell(
            texts::DAY_LONG,
            [("weekday", weekday.into()), ("day", day.day().to_string().into()), ("month", month.into())],
        )
    }

    /// Returns a day with its year, for what people keep.
    pub(crate) fn date(self, day: NaiveDate) -> String {
        self.tell(texts::DAY_WITH_YEAR, [("day", self.day(day).into()), ("year", day.year().to_string().into())])
    }

    /// Returns a day with its month and year, without its weekday.
    pub(crate) fn plain_date(self, day: NaiveDate) -> String {
        let month = self.named(&format!("month-{}", day.month()), None);
        let [day, year] = [day.day().to_string(), day.year().to_string()];
        self.tell(texts::DATE_PLAIN, [("day", day.into()), ("month", month.into()), ("year", year.into())])
    }

    /// Returns a time of the day.
    pub(crate) fn time(self, time: NaiveTime) -> String {
        let (hour, minute) = (time.format("%H").to_string(), time.format("%M").to_string());
        self.tell(texts::TIME_OF_DAY, [("hour", hour.into()), ("minute", minute.into())])
    }

    /// Returns a sum of money, in minor units.
    pub(crate) fn money(self, minor: u64, currency: Currency) -> String {
        let amount = currency.major(minor);
        let (whole, fraction) =
            amount.split_once('.').map_or((amount.as_str(), None), |(whole, rest)| (whole, Some(rest)));
        let whole = grouped(whole, &self.say(texts::GROUP_SEPARATOR));
        let amount = match fraction {
            Some(fraction) => format!("{whole}{}{fraction}", self.say(texts::DECIMAL_SEPARATOR)),
            None => whole,
        };
        let sign = match currency.as_str() {
            "EUR" => "€",
            "USD" => "$",
            "GBP" => "£",
            other => &format!("{other}\u{a0}"),
        };
        self.tell(texts::MONEY, [("currency", sign.into()), ("amount", amount.into())]).trim().to_owned()
    }
}

/// Stands for a program without languages.
static NONE: LazyLock<Language> = LazyLock::new(|| Language::of(&(DEFAULT_LANGUAGE, "")));

/// Returns digits in groups of three.
fn grouped(digits: &str, separator: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}

/// Returns the language that is preferred by an Accept-Language: that of a tag, or of its beginning, or another of the same language.
/// `None` when there is none of them.
fn chosen<'a>(accepted: &str, tags: &[&'a str]) -> Option<&'a str> {
    let known = |wanted: &str| tags.iter().copied().find(|tag| tag.eq_ignore_ascii_case(wanted));
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    preferred(accepted).into_iter().find_map(|wanted| {
        let beginnings = std::iter::successors(Some(wanted), |tag| tag.rsplit_once('-').map(|(before, _)| before));
        let mut related = tags.iter().copied().filter(|tag| primary(tag) == primary(wanted));
        beginnings.into_iter().find_map(known).or_else(|| related.next())
    })
}

/// Returns the tags of an Accept-Language, the most preferred first.
fn preferred(accepted: &str) -> Vec<&str> {
    let ranked = accepted.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().filter(|tag| !tag.is_empty())?;
        let quality = parts.find_map(|part| part.strip_prefix("q=")).unwrap_or("1");
        let quality: f32 = quality.trim().parse().ok().filter(|quality| *quality > 0.0)?;
        Some((tag, quality))
    });
    let mut ranked: Vec<_> = ranked.collect();
    ranked.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    ranked.into_iter().map(|(tag, _)| tag).collect()
}

impl FromRequest for Words {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request.headers())))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};

    use actix_web::http::header::HeaderValue;

    use super::*;

    fn words(accepted: &'static str) -> Words {
        Words::of(&HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(accepted))]))
    }

    fn names(source: &str) -> BTreeSet<&str> {
        let lines = source.lines().filter_map(|line| line.split_once(" ="));
        lines.map(|(name, _)| name).filter(|name| !name.starts_with(' ')).collect()
    }

    #[test]
    fn every_language_is_read_without_errors_and_has_every_text() {
        let texts: HashMap<_, _> = LOCALES.iter().copied().collect();
        for (tag, source) in LOCALES {
            assert!(FluentResource::try_new((*source).to_owned()).is_ok(), "{tag}");
            assert_eq!(names(source), names(texts[DEFAULT_LANGUAGE]), "{tag}");
        }
        assert!(texts.contains_key("de"));
    }

    #[test]
    fn every_genre_has_a_name_in_every_language() {
        for tag in ["en", "de"] {
            for &genre in Genre::ALL {
                let name = words(tag).genre(genre);
                assert!(!name.starts_with("genre-"), "{tag} {name}");
            }
        }
    }

    #[test]
    fn the_first_language_that_there_is_decides() {
        for (accepted, tag) in [
            ("", "en"),
            ("de-AT,de;q=0.9,en;q=0.8", "de"),
            ("fr, en;q=0.2, de;q=0.3", "de"),
            ("de;q=0, fr", "en"),
            ("*", "en"),
            ("fr ; q=0.9, de; q=0.8", "de"),
            ("en;q=0.5,DE-ch;q=0.7", "de"),
            (";;q=x", "en"),
        ] {
            assert_eq!(words(accepted).tag(), tag, "{accepted}");
        }
    }

    #[test]
    fn a_language_of_a_region_is_that_of_its_tag() {
        let tags = ["de", "en", "pt-BR", "zh-Hant-TW"];
        for (accepted, tag) in [
            ("pt-BR", Some("pt-BR")),
            ("pt-br, de", Some("pt-BR")),
            ("pt", Some("pt-BR")),
            ("pt-PT, de;q=0.9", Some("pt-BR")),
            ("de-CH-1996", Some("de")),
            ("zh-Hant-TW", Some("zh-Hant-TW")),
            ("fr, ,*", None),
        ] {
            assert_eq!(chosen(accepted, &tags), tag, "{accepted}");
        }
    }

    #[test]
    fn days_and_sums_are_written_as_in_the_language() {
        let day = NaiveDate::from_ymd_opt(2027, 3, 5).unwrap();
        let euro = "EUR".parse().unwrap();
        assert_eq!(
            (words("en").day(day), words("en").money(1250, euro)),
            ("Friday, 5 March".to_owned(), "€12.50".to_owned())
        );
        assert_eq!(
            (words("de").day(day), words("de").money(1250, euro)),
            ("Freitag, 5. März".to_owned(), "12,50\u{a0}€".to_owned())
        );
        let large = [99_999, 123_456_789].map(|minor| ["en", "de"].map(|tag| words(tag).money(minor, euro)));
        assert_eq!(large[0], ["€999.99".to_owned(), "999,99\u{a0}€".to_owned()]);
        assert_eq!(large[1], ["€1,234,567.89".to_owned(), "1.234.567,89\u{a0}€".to_owned()]);
        assert_eq!(words("en").money(900, "JPY".parse().unwrap()), "JPY\u{a0}900");
    }

    #[test]
    fn numbers_choose_the_form_of_a_text() {
        for (seats, text) in [(1, "Nur noch 1 Platz"), (2, "Nur noch 2 Plätze")] {
            assert_eq!(words("de").tell(texts::SEATS_FEW, [("seats", seats.into())]), text);
        }
    }
}
