//! The theme of a cinema: a file of custom properties, instead of those of `base.css`.
//!
//! A theme is read and written again, so that what browsers get is only ever what is understood here.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use super::File;
use super::contrast::{Colour, PAIRS};

/// The colours, letters and corners of a cinema, for light and for dark screens.
#[derive(Debug, Clone)]
pub struct Theme(pub(super) File);

/// Properties with their values.
type Properties = BTreeMap<String, String>;

/// The properties of a sheet, of light screens and of dark ones.
#[derive(Debug, Default)]
struct Sheet([Properties; 2]);

/// The index of the properties of dark screens.
const DARK: usize = 1;
const NAMES: [&str; 2] = ["light", "dark"];

/// How the blocks of a sheet begin and end.
const BLOCKS: [(&[&str], &[&str]); 2] = [
    (&[":root", "{"], &["}"]),
    (&["@media", "(", "prefers-color-scheme", ":", "dark", ")", "{", ":root", "{"], &["}", "}"]),
];

/// The properties of `base.css`, whose first two blocks they are. A test demands that they are read.
static BASE: LazyLock<Sheet> = LazyLock::new(|| {
    let mut reader = Reader::new(include_str!("../../assets/base.css"));
    let mut sheet = Sheet::default();
    for _ in BLOCKS {
        if reader.block(&mut sheet, |_, _, _| Ok(())).is_err() {
            break;
        }
    }
    sheet
});

impl Theme {
    /// The maximum length of a file.
    pub const MAX_LENGTH: usize = 16 * 1024;

    /// Reads a style sheet of properties: those of `base.css`, in a block for light screens, one for dark ones, or both.
    ///
    /// # Errors
    ///
    /// What is wrong and where, when it is too long, contains something else, or its colours are too close to each other to be read.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.len() > Self::MAX_LENGTH {
            return Err(format!("it is longer than {} kB", Self::MAX_LENGTH / 1024));
        }
        let (mut own, mut reader) = (Sheet::default(), Reader::new(text));
        while !reader.is_at_end() {
            reader.block(&mut own, check)?;
        }
        own.check_contrast()?;
        Ok(Self(File::new("theme", "css", "text/css; charset=utf-8", own.written().into_bytes())))
    }

    /// Returns the path.
    pub(crate) fn path(&self) -> &str {
        &self.0.path
    }
}

/// Checks the value of a property, which is of the kind of that in `base.css`.
fn check(block: usize, name: &str, value: &str) -> Result<(), String> {
    let Some(base) = BASE.0.get(block).and_then(|base| base.get(name)) else {
        let Sheet([known, _]) = &*BASE;
        return Err(if known.contains_key(name) {
            format!("{name} is the same for light and dark screens: move it to the block of the light ones")
        } else {
            let known: Vec<_> = known.keys().map(String::as_str).collect();
            format!("{name} is no property; there are {}", known.join(", "))
        });
    };
    let (is_right, kind) = if base.starts_with('#') {
        (Colour::parse(value).is_some(), "a colour such as #8a1c3c")
    } else if base.ends_with("rem") {
        (is_length(value), "a length from 0 to 4rem, such as 0.6rem")
    } else {
        (is_fonts(value), "names of fonts, such as \"Avenir Next\", sans-serif")
    };
    if is_right { Ok(()) } else { Err(format!("{name} is {kind}")) }
}

fn is_length(value: &str) -> bool {
    let number = value.strip_suffix("rem").unwrap_or(if value == "0" { value } else { "" });
    let is_plain = number.len() <= 8 && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_plain && number.parse::<f64>().is_ok_and(|number| (0.0..=4.0).contains(&number))
}

fn is_fonts(value: &str) -> bool {
    let is_name = |name: &str| {
        let name = name.strip_prefix('"').map_or(Some(name), |quoted| quoted.strip_suffix('"'));
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b" -_".contains(&byte);
        name.is_some_and(|name| !name.trim().is_empty() && name.bytes().all(is_part))
    };
    value.len() <= 200 && value.split(',').all(|name| is_name(name.trim()))
}

impl Sheet {
    /// Returns the value of a property: its own, or that of `base.css`.
    fn value(&self, block: usize, name: &str) -> Option<&str> {
        let value = |sheet: &'static Self, block: usize| sheet.0.get(block)?.get(name).map(String::as_str);
        let own = self.0.get(block).and_then(|own| own.get(name)).map(String::as_str);
        own.or_else(|| value(&BASE, block))
    }

    fn check_contrast(&self) -> Result<(), String> {
        for (block, look) in NAMES.iter().enumerate() {
            for (one, other, least) in PAIRS {
                let colour = |name| self.value(block, name).and_then(Colour::parse);
                let (Some(first), Some(second)) = (colour(one), colour(other)) else { continue };
                let contrast = first.contrast(second);
                if contrast < least {
                    return Err(format!(
                        "on {look} screens the contrast of {one} and {other} is {contrast:.2}; WCAG 2.2 AA demands {least}"
                    ));
                }
            }
        }
        Ok(())
    }

    /// Writes the sheet that comes after `base.css`. A colour for light screens would also be that of dark ones, so the dark block
    /// repeats it.
    fn written(&self) -> String {
        let Self([light, dark]) = self;
        let block = |properties: &Properties| {
            properties.iter().fold(String::new(), |mut css, (name, value)| {
                // A string takes all that is written to it.
                let _ = write!(css, "{name}:{value};");
                css
            })
        };
        let repeated =
            light.keys().chain(dark.keys()).filter_map(|name| Some((name.clone(), self.value(DARK, name)?.to_owned())));
        let dark: Properties = repeated.collect();
        format!(":root{{{}}}\n@media (prefers-color-scheme:dark){{:root{{{}}}}}\n", block(light), block(&dark))
    }
}

/// Reads a sheet from its begin to its end.
struct Reader<'a> {
    all: &'a str,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn new(all: &'a str) -> Self {
        Self { all, rest: all }
    }

    /// Passes over spaces and comments.
    fn pass(&mut self) {
        self.rest = self.rest.trim_start();
        while let Some((_, after)) = self.rest.strip_prefix("/*").and_then(|comment| comment.split_once("*/")) {
            self.rest = after.trim_start();
        }
    }

    fn is_at_end(&mut self) -> bool {
        self.pass();
        self.rest.is_empty()
    }

    /// Takes a text, if it is next.
    fn take(&mut self, text: &str) -> bool {
        self.pass();
        let after = self.rest.strip_prefix(text);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// Takes all of these texts.
    fn take_all(&mut self, texts: &[&str]) -> bool {
        let begin = self.rest;
        let has_all = texts.iter().all(|text| self.take(text));
        self.rest = if has_all { self.rest } else { begin };
        has_all
    }

    /// Reads a block.
    fn block(&mut self, sheet: &mut Sheet, check: fn(usize, &str, &str) -> Result<(), String>) -> Result<(), String> {
        let found = BLOCKS.iter().enumerate().find(|(_, (begin, _))| self.take_all(begin));
        let Some((block, (_, end))) = found else {
            return Err(self.wrong("is not \":root {\" and not \"@media (prefers-color-scheme: dark) { :root {\""));
        };
        while !self.take_all(end) {
            self.pass();
            let (name, value) = self.declaration().ok_or_else(|| self.wrong("is not \"--name: value;\""))?;
            check(block, name, value).map_err(|wrong| self.at(&wrong))?;
            let properties = sheet.0.get_mut(block);
            if properties.is_some_and(|known| known.insert(name.to_owned(), value.to_owned()).is_some()) {
                return Err(self.at(&format!("{name} is there a second time")));
            }
        }
        Ok(())
    }

    fn declaration(&mut self) -> Option<(&'a str, &'a str)> {
        let (declaration, after) = self.rest.split_once(';')?;
        let (name, value) = declaration.split_once(':')?;
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        let name = name.trim_end();
        if !name.starts_with("--") || !name.bytes().all(is_name) || value.contains(['{', '}', '/', '\\']) {
            return None;
        }
        self.rest = after;
        Some((name, value.trim()))
    }

    /// Says on which line something is wrong.
    fn at(&self, wrong: &str) -> String {
        let passed = self.all.get(..self.all.len() - self.rest.len()).unwrap_or_default();
        format!("line {}: {wrong}", passed.matches('\n').count() + 1)
    }

    fn wrong(&self, wrong: &str) -> String {
        let shown: String = self.rest.chars().take_while(|char| *char != '\n').take(30).collect();
        self.at(&format!("\"{}\" {wrong}", shown.trim_end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn css(text: &str) -> String {
        String::from_utf8(Theme::read(text).unwrap().0.content.to_vec()).unwrap()
    }

    fn wrong(text: &str) -> String {
        Theme::read(text).unwrap_err()
    }

    #[test]
    fn the_base_has_a_value_for_every_property() {
        let Sheet([light, dark]) = &*BASE;
        assert!(light.len() > 10 && dark.len() > 10, "{BASE:?}");
        assert!(dark.keys().all(|name| light.contains_key(name)));
        for (block, properties) in BASE.0.iter().enumerate() {
            for (name, value) in properties {
                assert_eq!(check(block, name, value.split(", \"").next().unwrap()), Ok(()), "{name}");
            }
        }
        assert_eq!((light["--font"].starts_with("system-ui"), light["--radius"].as_str()), (true, "0.6rem"));
    }

    #[test]
    fn the_base_can_be_read_by_everybody() {
        assert_eq!(Sheet::default().check_contrast(), Ok(()));
        let colours = BASE.0[0].iter().filter(|(_, value)| value.starts_with('#')).map(|(name, _)| name.as_str());
        for name in colours.filter(|name| !["--line", "--taken"].contains(name)) {
            assert!(PAIRS.iter().any(|(one, other, _)| [one, other].contains(&&name)), "{name} is in no pair");
        }
    }

    #[test]
    fn a_theme_is_written_for_light_and_dark_screens() {
        let text = "/* Roxy */ :root { --accent : #036;--font: \"Avenir Next\", sans-serif; --radius: 0; }\n\
                    @media (prefers-color-scheme:dark) { :root { /* none */ --paper: #000; } }";
        let written = ":root{--accent:#036;--font:\"Avenir Next\", sans-serif;--radius:0;}\n\
                       @media (prefers-color-scheme:dark){:root{--accent:#f08aa6;--paper:#000;}}\n";
        assert_eq!(css(text), written);
        assert_eq!(css(""), ":root{}\n@media (prefers-color-scheme:dark){:root{}}\n");
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_line() {
        for (text, words) in [
            (":root {\n--accnt: #000;\n}", "line 2: --accnt is no property; there are --accent, --bad, "),
            (":root {\n\n  --accent: red;\n}", "line 3: --accent is a colour such as #8a1c3c"),
            (":root { --radius: 9rem; }", "--radius is a length from 0 to 4rem"),
            (":root { --radius: NaNrem; }", "--radius is a length"),
            (":root { --font: url(http://x); }", "\"--font: url(http://x); }\" is not \"--name: value;\""),
            (":root { --font: a; --font: b; }", "--font is there a second time"),
            (":root { --font: ; }", "--font is names of fonts"),
            (":root { --font: \"a; }", "--font is names of fonts"),
            (":root { --accent: #000 }", "is not \"--name: value;\""),
            (":root { color: #000; }", "\"color: #000; }\" is not"),
            ("body { --accent: #000; }", "line 1: \"body { --accent: #000; }\" is not \":root {\""),
            ("@import 'x';", "\"@import 'x';\" is not \":root {\""),
            (":root { --accent: #000;", "\"\" is not"),
            ("/* :root {}", "is not \":root {\""),
            ("@media (prefers-color-scheme: dark) { :root { --radius: 0; } }", "the same for light and dark screens"),
        ] {
            assert!(wrong(text).contains(words), "{text}: {}", wrong(text));
        }
        assert!(wrong(&" ".repeat(Theme::MAX_LENGTH + 1)).contains("16 kB"));
    }

    #[test]
    fn colours_that_cannot_be_read_are_refused() {
        assert_eq!(
            wrong(":root { --ink: #999; }"),
            "on light screens the contrast of --ink and --paper is 2.73; WCAG 2.2 AA demands 4.5"
        );
        let dark = wrong("@media (prefers-color-scheme: dark) { :root { --on-accent: #fff; } }");
        assert!(dark.starts_with("on dark screens the contrast of --on-accent and --accent"), "{dark}");
    }
}
