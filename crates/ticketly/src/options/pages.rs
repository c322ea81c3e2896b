//! The options of the pages for people.

use std::fs::File;
use std::io::{self, Read as _};

use clap::{Args, ValueEnum};
use ticketly_http::cors::Origin;
use ticketly_web::{Logo, Look, Theme};

/// The pages for people.
#[derive(Debug, Args)]
pub struct Pages {
    /// Whether the server has pages for people, at /. Without them / leads to the pages of the API
    #[arg(long, env = "TICKETLY_PAGES", value_name = "ON|OFF", default_value = "on")]
    pages: Switch,
    /// The name of the cinema, as the pages show it: up to 60 characters
    #[arg(long, env = "TICKETLY_CINEMA_NAME", value_name = "NAME", default_value = "Ticketly", value_parser = cinema_name)]
    pub cinema_name: String,
    /// The colours and letters of the cinema: a style sheet of up to 16 kB with the properties that docs/pages.md lists
    #[arg(long, env = "TICKETLY_THEME", value_name = "FILE", value_parser = theme)]
    theme: Option<Theme>,
    /// The logo of the cinema, at the top of the pages instead of its name: an SVG or PNG file of up to 64 kB
    #[arg(long, env = "TICKETLY_LOGO", value_name = "FILE", value_parser = logo)]
    logo: Option<Logo>,
    /// An origin whose pages may show those for customers in frames, such as `https://cinema.example`; several with commas
    /// or by repetition; none by default
    #[arg(long, env = "TICKETLY_ALLOW_EMBEDDING", value_name = "ORIGIN", value_delimiter = ',')]
    allow_embedding: Vec<Origin>,
}

impl Pages {
    /// Returns whether the server has pages.
    pub const fn are_on(&self) -> bool {
        matches!(self.pages, Switch::On)
    }

    /// Returns the look of the pages.
    pub fn look(&self) -> Look {
        Look::new(self.theme.clone(), self.logo.clone(), &self.allow_embedding)
    }
}

/// On or off.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Switch {
    /// On
    On,
    /// Off
    Off,
}

fn cinema_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    let is_name = (1..=60).contains(&name.chars().count()) && !name.contains(char::is_control);
    if is_name { Ok(name.to_owned()) } else { Err("give 1 to 60 characters".to_owned()) }
}

fn theme(path: &str) -> Result<Theme, String> {
    let bytes = start_of(path, Theme::MAX_LENGTH).map_err(|error| error.to_string())?;
    Theme::read(std::str::from_utf8(&bytes).map_err(|_| "it is no text in UTF-8")?)
}

fn logo(path: &str) -> Result<Logo, String> {
    Logo::read(start_of(path, Logo::MAX_LENGTH).map_err(|error| error.to_string())?)
}

/// Reads a file up to the first byte above the limit.
fn start_of(path: &str, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}
