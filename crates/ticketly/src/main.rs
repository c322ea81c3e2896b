//! The program: wires the embedded store and the HTTP interface together.

mod demo;
mod keys;
mod options;
mod serve;
mod store;
mod upkeep;

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::Parser as _;
use clap::error::ErrorKind;
use ticketly_http::clock::Clock;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::options::{Command, Level, Log, Options};

/// The one clock.
struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "somebody must ask the machine for the time")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A reason that the person who started the program can mend: the program ends with exit code 2.
#[derive(Debug)]
struct Misconfigured(anyhow::Error);

fn main() -> ExitCode {
    let options = match Options::try_parse() {
        Ok(options) => options,
        Err(error) => return unparsed(&error),
    };
    let outcome = actix_web::rt::System::new().block_on(run(options));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, the causes after colons; a broken standard error has nobody to tell.
            let (error, code) = match error.downcast::<Misconfigured>() {
                Ok(Misconfigured(error)) => (error, 2),
                Err(error) => (error, 1),
            };
            drop(writeln!(io::stderr(), "ticketly: {error:#}"));
            ExitCode::from(code)
        }
    }
}

impl std::fmt::Display for Misconfigured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Help and version as they are; an error as its first line, which names the option and the mend.
fn unparsed(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        drop(error.print());
        return ExitCode::SUCCESS;
    }
    let text = error.to_string();
    let lines = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let words: Vec<_> = lines.filter(|line| !line.is_empty() && !line.starts_with("For more")).collect();
    let line = words.join(" ");
    drop(writeln!(io::stderr(), "ticketly: {}", line.trim_start_matches("error: ")));
    ExitCode::from(2)
}

async fn run(options: Options) -> anyhow::Result<()> {
    match options.command.unwrap_or(Command::Serve(Box::new(options.serve))) {
        Command::Serve(options) => serve::run(&options).await,
        Command::Expire(options) => upkeep::expire(&options).await,
        Command::Archive(options) => upkeep::archive(&options).await,
        Command::Backup { file, data } => store::back_up(&data, &file),
        Command::Openapi => {
            let document = ticketly_api::document().map_err(anyhow::Error::msg)?;
            say(&serde_json::to_string_pretty(&document)?)
        }
        Command::Table { command } => store::table(command).await,
        Command::Key { command } => keys::run(command).await,
    }
}

/// Prints to the standard output.
fn say(text: &str) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{text}").context("cannot write to the standard output")
}

impl std::error::Error for Misconfigured {}

fn log_to_stderr(options: &Log) {
    let level = match options.log {
        Level::Error => tracing::Level::ERROR,
        Level::Warn => tracing::Level::WARN,
        Level::Info => tracing::Level::INFO,
        Level::Debug => tracing::Level::DEBUG,
    };
    // This program tells of the server's start and stop itself, and what clients send amiss is answered, not logged.
    let what = Targets::new().with_default(level).with_target("actix_server", tracing::Level::WARN);
    let what = what.with_target("actix_http", LevelFilter::OFF);
    let lines = tracing_subscriber::fmt::layer().with_target(false).with_writer(io::stderr).with_ansi(false);
    let log = tracing_subscriber::registry().with(what);
    if options.log_json { log.with(lines.json().flatten_event(true)).init() } else { log.with(lines).init() }
}
