//! The command line. Every option can also be given as an environment variable.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::thread;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ticketly_domain::{KeyLabel, Role, Rules};
use ticketly_http::cors::Origin;

/// Sells a cinema's seats, each of them once.
///
/// Without a command it serves. Everything is kept in one data folder; `ticketly backup` copies what is in it.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, max_term_width = 100)]
#[command(after_help = "Every option can be given as an environment variable too, named in [env: ...].\n\
                        Start with `ticketly serve --demo`, then open http://127.0.0.1:8477/docs.")]
pub struct Options {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to serve, when no command is given.
    #[command(flatten)]
    pub serve: Serve,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the programming interface and its pages (the default)
    Serve(Box<Serve>),
    /// Let tickets expire whose slots ended some hours ago; the server does so by itself every minute
    Expire(Upkeep),
    /// Archive tickets that were canceled or expired some days ago; the server does so by itself every minute
    Archive(Upkeep),
    /// Copy the embedded store into a new file, also while a server runs on it
    ///
    /// The copy is one state of the store, with every booking that was acknowledged before. Only its owner can read it, it
    /// is checked, and it gets its name last.
    Backup {
        /// The file to make; one that exists is not overwritten
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Where everything is kept.
        #[command(flatten)]
        data: Data,
    },
    /// Print the OpenAPI document
    Openapi,
    /// Make, check or upgrade the DynamoDB table of a distributed store
    #[command(arg_required_else_help = false)]
    Table {
        /// Which of these.
        #[command(subcommand)]
        command: Table,
    },
    /// Make, add, list and revoke the keys of the programming interface
    #[command(arg_required_else_help = false)]
    Key {
        /// Which of these.
        #[command(subcommand)]
        command: Key,
    },
}

/// Where everything is kept.
#[derive(Debug, Args)]
pub struct Data {
    /// The data folder of the embedded store; the server makes it when there is none
    #[arg(long = "data", env = "TICKETLY_DATA", value_name = "FOLDER", default_value = "ticketly-data")]
    pub folder: PathBuf,
    /// What keeps everything: embedded, in the data folder, or dynamodb:TABLE, for any number of servers; region, endpoint
    /// and credentials by the usual settings of AWS
    #[arg(long, env = "TICKETLY_STORE", value_name = "STORE", default_value = "embedded", value_parser = kind)]
    pub store: StoreKind,
}

/// What keeps everything.
#[derive(Debug, Clone)]
pub enum StoreKind {
    /// A file in the data folder.
    Embedded,
    /// A DynamoDB table of this name.
    DynamoDb(String),
}

/// What to do with a table.
#[derive(Debug, Subcommand)]
pub enum Table {
    /// Make the table with its indexes, on demand, protected from deletion, with point-in-time recovery
    Create {
        /// The table's name
        #[arg(env = "TICKETLY_TABLE")]
        name: String,
    },
    /// Raise a table to the newest layout that this version knows, once every server runs this version: older ones may be
    /// excluded by it, and there is no way back
    Upgrade {
        /// The table's name
        #[arg(env = "TICKETLY_TABLE")]
        name: String,
    },
    /// Check a table and say how it is set up
    Describe {
        /// The table's name
        #[arg(env = "TICKETLY_TABLE")]
        name: String,
    },
}

/// What an installation may set of the rules.
#[derive(Debug, Args)]
pub struct Times {
    /// How many hours after a slot's end its booked tickets expire
    #[arg(long, env = "TICKETLY_EXPIRE_AFTER", value_name = "HOURS", default_value_t = 8)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=8784))]
    expire_after: u16,
    /// How many days after they were canceled or expired tickets are archived
    #[arg(long, env = "TICKETLY_ARCHIVE_AFTER", value_name = "DAYS", default_value_t = 90)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=36525))]
    archive_after: u16,
    /// How many minutes after a showing has started the public may still book it, at most until it ends
    #[arg(long, env = "TICKETLY_BOOK_AFTER_START", value_name = "MINUTES", default_value_t = 15)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=1440))]
    book_after_start: u16,
    /// How many minutes before a showing starts the public moves and cancels its tickets for the last time
    #[arg(long, env = "TICKETLY_CHANGE_BEFORE_START", value_name = "MINUTES", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=43200))]
    change_before_start: u16,
}

impl Times {
    /// As the domain takes it.
    pub fn rules(&self) -> Rules {
        Rules {
            expire_after: TimeDelta::hours(self.expire_after.into()),
            archive_after: TimeDelta::days(self.archive_after.into()),
            book_after_start: TimeDelta::minutes(self.book_after_start.into()),
            change_before_start: TimeDelta::minutes(self.change_before_start.into()),
        }
    }
}

/// How to do the upkeep.
#[derive(Debug, Args)]
pub struct Upkeep {
    /// Where everything is kept.
    #[command(flatten)]
    pub data: Data,
    /// When things are due.
    #[command(flatten)]
    pub times: Times,
    /// How to log.
    #[command(flatten)]
    pub log: Log,
}

/// How to serve.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where everything is kept.
    #[command(flatten)]
    pub data: Data,
    /// Where to listen; 0.0.0.0:8477 for every network that the machine is in
    #[arg(long, env = "TICKETLY_ADDRESS", value_name = "IP:PORT", default_value = "127.0.0.1:8477")]
    pub address: SocketAddr,
    /// The cinema's time zone, by its IANA name: times without an offset are meant in it, and answers are given in it
    #[arg(long, env = "TICKETLY_TIME_ZONE", value_name = "ZONE", default_value = "UTC", value_parser = zone)]
    pub time_zone: Tz,
    /// Fill a store that has no slots to come with a week of them, to have something to book
    #[arg(long, env = "TICKETLY_DEMO", value_parser = BoolishValueParser::new())]
    pub demo: bool,
    /// When things are due.
    #[command(flatten)]
    pub times: Times,
    /// How many requests a second one address may send, and twice as many at once; 0 for no limit
    #[arg(long, env = "TICKETLY_RATE_LIMIT", value_name = "REQUESTS", default_value_t = 200)]
    pub rate_limit: u32,
    /// How many proxies of your own stand before the server and add to X-Forwarded-For, to tell clients apart
    #[arg(long, env = "TICKETLY_PROXIES", value_name = "NUMBER", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u8).range(0..=16))]
    pub proxies: u8,
    /// An origin whose pages may call the server from a browser, such as `https://cinema.example`; several with commas or
    /// by repetition. None unless given
    #[arg(long, env = "TICKETLY_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub allow_origin: Vec<Origin>,
    /// How many threads serve requests; as many as there are processors unless given
    #[arg(long, env = "TICKETLY_WORKERS", value_name = "NUMBER")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=512))]
    workers: Option<u16>,
    /// How many seconds a connection stays open between requests: longer than a load balancer keeps its own
    #[arg(long, env = "TICKETLY_KEEP_ALIVE", value_name = "SECONDS", default_value_t = 75)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub keep_alive: u16,
    /// How many seconds the server goes on serving once it is told to stop, while /health/ready says that it will: as long
    /// as a load balancer needs to notice
    #[arg(long, env = "TICKETLY_LINGER", value_name = "SECONDS", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=600))]
    pub linger: u16,
    /// How many seconds requests in flight may take once the server is told to stop
    #[arg(long, env = "TICKETLY_DRAIN", value_name = "SECONDS", default_value_t = 30)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=600))]
    pub drain: u16,
    /// How to log.
    #[command(flatten)]
    pub log: Log,
}

impl Serve {
    /// How many threads serve requests.
    pub fn workers(&self) -> usize {
        self.workers.map_or_else(|| thread::available_parallelism().map_or(2, usize::from), usize::from)
    }

    /// How often one address may ask.
    pub fn rate(&self) -> Option<ticketly_http::limit::Rate> {
        let per_second = NonZeroU32::new(self.rate_limit)?;
        Some(ticketly_http::limit::Rate { per_second, proxies: self.proxies.into() })
    }
}

/// How to log: to the standard error, failures and what is slow.
#[derive(Debug, Args)]
pub struct Log {
    /// What to log: only this and what is worse
    #[arg(long, env = "TICKETLY_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: Level,
    /// Log a JSON object a line
    #[arg(long, env = "TICKETLY_LOG_JSON", value_parser = BoolishValueParser::new())]
    pub log_json: bool,
}

/// How bad something must be to be logged.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Level {
    /// What failed
    Error,
    /// What is slow too
    Warn,
    /// What the server does by itself too
    Info,
    /// Every request too
    Debug,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a key and print it: it is shown this once, and only its hash is kept
    New {
        /// What its holder may do.
        #[arg(long, env = "TICKETLY_ROLE", value_parser = role, help = "What its holder may do: admin, box_office or scheduler")]
        role: Role,
        /// What to call it and when it ends.
        #[command(flatten)]
        about: About,
        /// Where everything is kept.
        #[command(flatten)]
        data: Data,
    },
    /// Add a key that was made elsewhere, read from the standard input; one that is there already stays as it is
    Add {
        /// What to call it and when it ends.
        #[command(flatten)]
        about: About,
        /// Where everything is kept.
        #[command(flatten)]
        data: Data,
    },
    /// List the keys, the oldest first: name, label, role, when each was made, ends and was last used
    List {
        /// Where everything is kept.
        #[command(flatten)]
        data: Data,
    },
    /// Revoke a key: running servers refuse it within 5 seconds
    Revoke {
        /// The key's name or its label, as `key list` prints them
        #[arg(value_name = "NAME")]
        key: String,
        /// Where everything is kept.
        #[command(flatten)]
        data: Data,
    },
}

/// What to call a key and when it ends.
#[derive(Debug, Args)]
pub struct About {
    /// What to call it, such as the till or the person that has it: up to 64 letters, digits and signs without spaces; the
    /// role and the next free number unless given
    #[arg(long, env = "TICKETLY_LABEL", value_parser = label)]
    pub label: Option<KeyLabel>,
    /// When it ends: 2027-01-31T18:00:00+01:00, or a day, which begins at midnight UTC; never unless given
    #[arg(long, env = "TICKETLY_UNTIL", value_name = "TIME", value_parser = until, conflicts_with = "days")]
    until: Option<DateTime<Utc>>,
    /// In how many days it ends
    #[arg(long, env = "TICKETLY_DAYS", value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=36525))]
    days: Option<u16>,
}

impl About {
    /// When a key that is made now ends, if it does.
    pub fn ends(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.until.or_else(|| Some(now + TimeDelta::days(self.days?.into())))
    }
}

fn kind(text: &str) -> Result<StoreKind, String> {
    match text.split_once(':') {
        Some(("dynamodb", table)) if !table.is_empty() => Ok(StoreKind::DynamoDb(table.to_owned())),
        None if text == "embedded" => Ok(StoreKind::Embedded),
        _ => Err("give embedded, or dynamodb: and the name of a table".to_owned()),
    }
}

fn zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| "give an IANA name, such as Europe/Berlin or UTC".to_owned())
}

fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|invalid: ticketly_domain::Invalid| invalid.reason)
}

fn label(text: &str) -> Result<KeyLabel, String> {
    KeyLabel::parse(text).map_err(|invalid| invalid.reason)
}

fn until(text: &str) -> Result<DateTime<Utc>, String> {
    let day = || Some(text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN).and_utc());
    let time = DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc());
    time.or_else(day).ok_or_else(|| "give a time such as 2027-01-31T18:00:00Z, or a day such as 2027-01-31".to_owned())
}
