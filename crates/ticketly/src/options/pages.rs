//! The options of the pages for people.

use clap::{Args, ValueEnum};

/// The pages for people.
#[derive(Debug, Args)]
pub struct Pages {
    /// Whether the server has pages for people, at /. Without them / leads to the pages of the API
    #[arg(long, env = "TICKETLY_PAGES", value_name = "ON|OFF", default_value = "on")]
    pages: Switch,
    /// The name of the cinema, as the pages show it: up to 60 characters
    #[arg(long, env = "TICKETLY_CINEMA_NAME", value_name = "NAME", default_value = "Ticketly", value_parser = cinema_name)]
    pub cinema_name: String,
}

impl Pages {
    /// Returns whether the server has pages.
    pub const fn are_on(&self) -> bool {
        matches!(self.pages, Switch::On)
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
