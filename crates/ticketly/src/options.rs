//! The command line. Every option can also be given as an environment variable.

mod backups;
mod pages;
mod payments;
mod rules;
mod tls;
mod traces;

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

pub use self::backups::BackupSchedule;
use self::backups::Backups;
use self::pages::Pages;
use self::payments::Payments;
use self::rules::{Selling, Times};
use self::tls::Tls;
use self::traces::Traces;

/// Sells a cinema's seats, each of them once.
///
/// Without a command it runs the server. All data is in one data folder; `ticketly backup` copies it.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, max_term_width = 100)]
#[command(after_help = "Every option can also be set by the environment variable in [env: ...].\n\
                        Start with `ticketly serve --demo`, then open http://127.0.0.1:8477.")]
pub struct Options {
    /// The command.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options of `serve`, when no command is given.
    #[command(flatten)]
    pub serve: Serve,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server: the API and its pages (the default)
    Serve(Box<Serve>),
    /// Expire the booked tickets of slots that ended some hours ago; the server does this every minute
    Expire(Upkeep),
    /// Archive tickets that were canceled or expired some days ago; the server does this every minute
    Archive(Upkeep),
    /// Erase the name and the telephone number of a person in all bookings and payments, also while servers use the store
    ///
    /// Reads the name and the number from the standard input, a line each, since other users of the machine can see arguments.
    /// Everything else of the bookings stays. Those with valid tickets, or with money that is due, keep them: the command prints a line
    /// for each, and exits with 1 then. The file of an embedded store is written anew, so that the texts are in no part of it.
    Erase {
        /// The location of the data.
        #[command(flatten)]
        data: Data,
    },
    /// Copy the embedded store to a new file, also while a server uses it
    ///
    /// The copy is a consistent snapshot with all bookings that were acknowledged before. Only its owner can read it.
    /// It is verified, and gets its name last.
    Backup {
        /// The file to create; an existing file is not overwritten
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The location of the data.
        #[command(flatten)]
        data: Data,
    },
    /// Verify a backup, and put it into the data folder as its store
    ///
    /// The copy is migrated to this version and verified as by `verify` before it gets its name. A folder that has a store is
    /// refused: stop the server, and move that store away.
    Restore {
        /// The backup; it is not changed
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The location of the data.
        #[command(flatten)]
        data: Data,
    },
    /// Prove that everything in a store fits together, also while servers use it
    ///
    /// Every record is read and compared with what the store would write, with its pages, indexes and counts; seats, holds and
    /// blocks are compared seat by seat, and moves, payments, refunds, promotions and totals with the bookings. Prints a line for
    /// each thing that is wrong, and exits with 1 then. Changes nothing.
    Verify(Verify),
    /// Copy a store into another, from the embedded store to DynamoDB or back
    ///
    /// Everything is kept: tickets, their codes, API keys, the installation's secret, idempotency records. Stop the servers of both
    /// first. The target must be empty: a folder without a store, or a table of `ticketly table create`. A copy that was
    /// interrupted goes on when the command is repeated; until it is finished, no server accepts it. In the end both are
    /// compared, and the copy is verified: exits with 1 when something is wrong.
    Copy(Copy),
    /// Print the OpenAPI document
    Openapi,
    /// Create, check or upgrade the DynamoDB table of a distributed store
    #[command(arg_required_else_help = false)]
    Table {
        /// The subcommand.
        #[command(subcommand)]
        command: Table,
    },
    /// Create, add, list and revoke API keys
    #[command(arg_required_else_help = false)]
    Key {
        /// The subcommand.
        #[command(subcommand)]
        command: Key,
    },
    /// Check seating plans in files, and import those of pretix
    #[command(arg_required_else_help = false)]
    Plan {
        /// The subcommand.
        #[command(subcommand)]
        command: Plan,
    },
}

/// The subcommands of `plan`.
#[derive(Debug, Subcommand)]
pub enum Plan {
    /// Draw a seating plan, or say what is wrong with it
    ///
    /// A plan is JSON: a `legend` of characters, and `rows` from the screen to the back. A row has a label `row`, the
    /// number `from` of its first seat (1), the `step` between two numbers (1, -1, 2 or -2), and its `places` from left
    /// to right: a character of the legend for each seat, `_` for an aisle, a space for nothing. The legend says
    /// `wheelchair`, `companion`, or the name of a zone. `focus` is the place from which seats are best ([0.5, 0.62]).
    Check {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print a seating plan of pretix as a plan that `plan check` reads
    ///
    /// The categories become zones, or `wheelchair` or `companion` if their names say so. The positions of the seats give
    /// the order, the aisles and the drawing; the screen is at the top. Row labels become 1 to 4 capital letters or digits,
    /// each of them once: a row of a zone whose labels occur before gets a letter of the zone's name at its end. A row
    /// whose numbers do not continue is divided into a left, a middle and a right part, L, M and R. Seats keep their
    /// numbers. The standard error says what has another name now.
    Import {
        /// The file, as pretix exports it: JSON of at most 4 MiB
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// The location of the data.
#[derive(Debug, Args)]
pub struct Data {
    /// The data folder of the embedded store; the server creates it if it does not exist
    #[arg(long = "data", env = "TICKETLY_DATA", value_name = "FOLDER", default_value = "ticketly-data")]
    pub folder: PathBuf,
    /// The store: embedded, in the data folder, or dynamodb:TABLE, for any number of servers. Region, endpoint and
    /// credentials come from the usual AWS settings
    #[arg(long, env = "TICKETLY_STORE", value_name = "STORE", default_value = "embedded", value_parser = kind)]
    pub store: StoreKind,
}

/// The kind of store.
#[derive(Debug, Clone)]
pub enum StoreKind {
    /// A file in the data folder.
    Embedded,
    /// A DynamoDB table with this name.
    DynamoDb(String),
}

/// The subcommands of `table`.
#[derive(Debug, Subcommand)]
pub enum Table {
    /// Create the table with its indexes, on-demand capacity, deletion protection and point-in-time recovery
    Create {
        /// The table's name
        #[arg(env = "TICKETLY_TABLE")]
        name: String,
    },
    /// Upgrade a table to the newest layout of this version. Run it when every server runs this version: the new layout
    /// can exclude older versions, and there is no downgrade
    Upgrade {
        /// The table's name
        #[arg(env = "TICKETLY_TABLE")]
        name: String,
    },
    /// Check a table and print its configuration
    Describe {
        /// The table's name
        #[arg(env = "TICKETLY_TABLE")]
        name: String,
    },
}

/// The options of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The location of the data.
    #[command(flatten)]
    pub data: Data,
    /// A copy of an embedded store, such as one of `backup`, to verify instead
    #[arg(long, env = "TICKETLY_FILE", value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// The units of capacity that reading a DynamoDB table may take in a second; more is faster, and leaves less to servers
    #[arg(long, env = "TICKETLY_MAX_UNITS", value_name = "UNITS", default_value = "1000")]
    pub max_units: NonZeroU32,
}

/// The options of `copy`.
#[derive(Debug, Args)]
pub struct Copy {
    /// The store to copy: embedded, in the data folder, or dynamodb:TABLE
    #[arg(long, env = "TICKETLY_FROM", value_name = "STORE", value_parser = kind)]
    pub from: StoreKind,
    /// The store to copy to: embedded, in the data folder, or dynamodb:TABLE
    #[arg(long, env = "TICKETLY_TO", value_name = "STORE", value_parser = kind)]
    pub to: StoreKind,
    /// The data folder of the embedded store
    #[arg(long = "data", env = "TICKETLY_DATA", value_name = "FOLDER", default_value = "ticketly-data")]
    pub folder: PathBuf,
    /// The units of capacity that each DynamoDB table may take in a second
    #[arg(long, env = "TICKETLY_MAX_UNITS", value_name = "UNITS", default_value = "1000")]
    pub max_units: NonZeroU32,
}

/// The options of `expire` and `archive`.
#[derive(Debug, Args)]
pub struct Upkeep {
    /// The location of the data.
    #[command(flatten)]
    pub data: Data,
    /// The configured rules.
    #[command(flatten)]
    pub times: Times,
    /// The log.
    #[command(flatten)]
    pub log: Log,
}

/// The options of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// The location of the data.
    #[command(flatten)]
    pub data: Data,
    /// The address to listen on; 0.0.0.0:8477 for all networks of the machine
    #[arg(long, env = "TICKETLY_ADDRESS", value_name = "IP:PORT", default_value = "127.0.0.1:8477")]
    pub address: SocketAddr,
    /// The IANA name of the cinema's time zone: of times without an offset in requests, and of the times in answers
    #[arg(long, env = "TICKETLY_TIME_ZONE", value_name = "ZONE", default_value = "UTC", value_parser = zone)]
    pub time_zone: Tz,
    /// Fill a store that has no future slots with a week of slots, and let buyers pay at a provider that takes no money,
    /// for a demonstration
    #[arg(long, env = "TICKETLY_DEMO", value_parser = BoolishValueParser::new())]
    pub demo: bool,
    /// The configured rules.
    #[command(flatten)]
    pub times: Times,
    /// The address on which Prometheus reads /metrics, without a key, and nothing else is served; none by default. On the
    /// address of the server /metrics needs an admin key
    #[arg(long, env = "TICKETLY_METRICS_ADDRESS", value_name = "IP:PORT")]
    pub metrics_address: Option<SocketAddr>,
    /// Traces of requests.
    #[command(flatten)]
    pub traces: Traces,
    /// The rules of holding and selling.
    #[command(flatten)]
    pub selling: Selling,
    /// The pages for people.
    #[command(flatten)]
    pub pages: Pages,
    /// The provider of online payments.
    #[command(flatten)]
    pub payments: Payments,
    /// The certificate.
    #[command(flatten)]
    pub tls: Tls,
    /// When the server makes backups.
    #[command(flatten)]
    pub backups: Backups,
    /// The requests per second that one address may send, and twice as many at once; 0 for no limit
    #[arg(long, env = "TICKETLY_RATE_LIMIT", value_name = "REQUESTS", default_value_t = 200)]
    pub rate_limit: u32,
    /// The number of trusted proxies in front of the server that add the client to X-Forwarded-For, and say in
    /// X-Forwarded-Proto whether its connection is encrypted
    #[arg(long, env = "TICKETLY_PROXIES", value_name = "NUMBER", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u8).range(0..=16))]
    pub proxies: u8,
    /// An origin whose pages may call the server from a browser, such as `https://cinema.example`; several with commas
    /// or by repetition; none by default
    #[arg(long, env = "TICKETLY_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub allow_origin: Vec<Origin>,
    /// The number of threads that serve requests; the number of processors by default
    #[arg(long, env = "TICKETLY_WORKERS", value_name = "NUMBER")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=512))]
    workers: Option<u16>,
    /// The seconds that a connection stays open between requests; make it longer than the load balancer's timeout
    #[arg(long, env = "TICKETLY_KEEP_ALIVE", value_name = "SECONDS", default_value_t = 75)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub keep_alive: u16,
    /// The seconds that the server keeps serving after it was told to stop, while /health/ready announces the stop;
    /// make it as long as the load balancer needs to notice
    #[arg(long, env = "TICKETLY_LINGER", value_name = "SECONDS", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=600))]
    pub linger: u16,
    /// The seconds that requests in flight may take when the server stops
    #[arg(long, env = "TICKETLY_DRAIN", value_name = "SECONDS", default_value_t = 30)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=600))]
    pub drain: u16,
    /// The log.
    #[command(flatten)]
    pub log: Log,
}

impl Serve {
    /// Returns the number of threads that serve requests.
    pub fn workers(&self) -> usize {
        self.workers.map_or_else(|| thread::available_parallelism().map_or(2, usize::from), usize::from)
    }

    /// Returns the rules as a value of the domain.
    pub fn rules(&self) -> Rules {
        self.selling.rules(self.times.rules())
    }

    /// Returns the rate limit.
    pub fn rate(&self) -> Option<ticketly_http::limit::Rate> {
        let per_second = NonZeroU32::new(self.rate_limit)?;
        Some(ticketly_http::limit::Rate { per_second, proxies: self.proxies.into() })
    }
}

/// The log: failures and slow requests, on the standard error.
#[derive(Debug, Args)]
pub struct Log {
    /// The lowest level that is logged
    #[arg(long, env = "TICKETLY_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: Level,
    /// Log one JSON object per line
    #[arg(long, env = "TICKETLY_LOG_JSON", value_parser = BoolishValueParser::new())]
    pub log_json: bool,
}

/// The levels of the log.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Level {
    /// Failures
    Error,
    /// Also slow requests
    Warn,
    /// Also the server's own work, such as sweeps
    Info,
    /// Also every request
    Debug,
}

/// The subcommands of `key`.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Create a key and print it. It is shown only once, because only its hash is stored
    New {
        /// The role of the key.
        #[arg(long, env = "TICKETLY_ROLE", value_parser = role)]
        #[arg(help = "The role of the key: admin, box_office or scheduler")]
        role: Role,
        /// The label and the end of the key.
        #[command(flatten)]
        about: About,
        /// The location of the data.
        #[command(flatten)]
        data: Data,
    },
    /// Add a key that was created elsewhere, from the standard input; an existing key does not change
    Add {
        /// The label and the end of the key.
        #[command(flatten)]
        about: About,
        /// The location of the data.
        #[command(flatten)]
        data: Data,
    },
    /// List the keys, oldest first: name, label, role, creation, end and last use
    List {
        /// The location of the data.
        #[command(flatten)]
        data: Data,
    },
    /// Revoke a key: running servers refuse it within 5 seconds
    Revoke {
        /// The name or the label of the key, as `key list` prints them
        #[arg(value_name = "NAME")]
        key: String,
        /// The location of the data.
        #[command(flatten)]
        data: Data,
    },
}

/// The label and the end of a key.
#[derive(Debug, Args)]
pub struct About {
    /// The label, such as the till or the person that has the key: up to 64 letters, digits and signs without spaces;
    /// by default the role and the next free number
    #[arg(long, env = "TICKETLY_LABEL", value_parser = label)]
    pub label: Option<KeyLabel>,
    /// The end: 2027-01-31T18:00:00+01:00, or a day, which means its midnight UTC; none by default
    #[arg(long, env = "TICKETLY_UNTIL", value_name = "TIME", value_parser = until, conflicts_with = "days")]
    until: Option<DateTime<Utc>>,
    /// The number of days until the end
    #[arg(long, env = "TICKETLY_DAYS", value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=36525))]
    days: Option<u16>,
}

impl About {
    /// Returns the end of a key that is created now, if it has one.
    pub fn ends(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.until.or_else(|| Some(now + TimeDelta::days(self.days?.into())))
    }
}

fn kind(text: &str) -> Result<StoreKind, String> {
    match text.split_once(':') {
        Some(("dynamodb", table)) if !table.is_empty() => Ok(StoreKind::DynamoDb(table.to_owned())),
        None if text == "embedded" => Ok(StoreKind::Embedded),
        _ => Err("give embedded, or dynamodb: with the name of a table".to_owned()),
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
