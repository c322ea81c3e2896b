//! The program: connects a store with the HTTP interface, and provides the commands.

mod backups;
mod beside;
mod certificate;
mod copy;
mod demo;
mod erase;
mod keys;
mod metrics;
mod options;
mod payments;
mod plans;
mod progress;
mod serve;
mod store;
mod upkeep;
mod verify;

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::Parser as _;
use clap::error::ErrorKind;
use ticketly_adapters_otlp::TraceLayer;
use ticketly_http::clock::Clock;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::options::{Command, Level, Log, Options};

/// The system clock, the only clock of the program.
struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the only place that reads the system time")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// An error that the user can correct. The program then exits with code 2.
#[derive(Debug)]
struct Misconfigured(anyhow::Error);

fn main() -> ExitCode {
    let options = match Options::try_parse() {
        Ok(options) => options,
        Err(error) => return report_parse_error(&error),
    };
    let outcome = actix_web::rt::System::new().block_on(run(options));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, with the causes after colons. A failure to write to the standard error cannot be reported.
            let (error, code) = match error.downcast::<Misconfigured>() {
                Ok(Misconfigured(error)) => (error, 2),
                Err(error) => (error, 1),
            };
            // An error may repeat a part of a file.
            let line = format!("{error:#}").replace(char::is_control, " ");
            drop(writeln!(io::stderr(), "ticketly: {line}"));
            ExitCode::from(code)
        }
    }
}

impl std::fmt::Display for Misconfigured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Prints help and version as they are, and an error as one line that names the option and the correction.
fn report_parse_error(error: &clap::Error) -> ExitCode {
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
        Command::Backup { file, data } => backups::back_up(&data, &file),
        Command::Restore { file, data } => backups::restore(&data, &file).await,
        Command::Erase { data } => erase::run(&data).await,
        Command::Verify(options) => verify::run(&options).await,
        Command::Copy(options) => copy::run(&options).await,
        Command::Openapi => {
            let document = ticketly_api::document().map_err(anyhow::Error::msg)?;
            print_line(&serde_json::to_string_pretty(&document)?)
        }
        Command::Table { command } => store::table(command).await,
        Command::Key { command } => keys::run(command).await,
        Command::Plan { command } => plans::run(command),
    }
}

/// Prints a line to the standard output.
fn print_line(text: &str) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{text}").context("cannot write to the standard output")
}

impl std::error::Error for Misconfigured {}

/// Starts the log, and passes spans to the layer of traces, if there is one.
fn log_to_stderr(options: &Log, traces: Option<TraceLayer>) {
    let level = match options.log {
        Level::Error => tracing::Level::ERROR,
        Level::Warn => tracing::Level::WARN,
        Level::Info => tracing::Level::INFO,
        Level::Debug => tracing::Level::DEBUG,
    };
    // The program reports the start and stop itself, and malformed requests are answered, not logged.
    let targets = Targets::new().with_default(level).with_target("actix_server", tracing::Level::WARN);
    let targets = targets.with_target("actix_http", LevelFilter::OFF);
    let lines = tracing_subscriber::fmt::layer().with_target(false).with_writer(io::stderr).with_ansi(false);
    let lines = if options.log_json { lines.json().flatten_event(true).boxed() } else { lines.boxed() };
    tracing_subscriber::registry().with(traces).with(lines.with_filter(targets)).init();
}
