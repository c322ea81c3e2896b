//! The version of the layout, which decides which programs may share a table. `LAYOUT.md` explains how to change it.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use ticketly_domain::StoreError;

use crate::client::attributes::{Attributes, Item, flag, item, key, number, text};
use crate::client::error::{Corrupt, OpenError};
use crate::client::key::Key;
use crate::client::write::{EXISTS, IS_NEW, Write};

/// The layouts that a program supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The newest layout that the program reads and writes. `ticketly table upgrade` raises a table to it.
    pub version: u32,
    /// The oldest program that may use a table of this layout, by the newest layout that it supports.
    pub oldest_reader: u32,
    /// The oldest layout that the program still writes, so that it can share a table with older programs.
    pub oldest_written: u32,
}

/// The layouts that this program supports.
pub const LAYOUT: Layout = Layout { version: 2, oldest_reader: 2, oldest_written: 1 };

/// The first layout in which slots may have prices. Older programs would sell them as free ones, and lose the prices when they
/// correct such a slot.
pub(crate) const WITH_PRICES: u32 = 2;

const _: () = assert!(LAYOUT.oldest_reader <= LAYOUT.version && LAYOUT.oldest_written <= LAYOUT.version);

impl Layout {
    /// Returns whether the program may read and write a table.
    const fn may_use(&self, stamp: Stamp) -> bool {
        stamp.oldest_reader <= self.version
    }
}

/// Returns the key of the item with the layout's version.
pub(crate) fn schema() -> Key {
    Key::new("TICKETLY", "SCHEMA")
}

/// The layout of a table, as its item says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// The layout of the table.
    pub(crate) version: u32,
    /// The oldest program that may use the table.
    pub(crate) oldest_reader: u32,
    /// Whether the table has auditoriums, so that there are lists of slots in auditoriums to read.
    pub(crate) auditoriums: bool,
}

impl Stamp {
    pub(crate) const NEWEST: Self =
        Self { version: LAYOUT.version, oldest_reader: LAYOUT.oldest_reader, auditoriums: false };

    /// Parses the item.
    pub(crate) fn read(found: &Item) -> Result<Self, Corrupt> {
        let attributes = Attributes(found);
        let version = attributes.number("version", Some)?;
        // The item of the first layout has no oldest reader.
        let oldest_reader = match found.get("oldest_reader") {
            None => version,
            Some(_) => attributes.number("oldest_reader", Some)?,
        };
        let auditoriums = found.contains_key("auditoriums");
        Ok(Self { version, oldest_reader, auditoriums })
    }

    /// Returns the item.
    pub(crate) fn item(self) -> Item {
        item(&schema(), [("version", number(self.version)), ("oldest_reader", number(self.oldest_reader))])
    }
}

/// The layout that a server last read from its table.
pub(crate) struct Seen {
    version: AtomicU32,
    oldest_reader: AtomicU32,
    auditoriums: AtomicBool,
}

impl Seen {
    pub(crate) const fn new(stamp: Stamp) -> Self {
        Self {
            version: AtomicU32::new(stamp.version),
            oldest_reader: AtomicU32::new(stamp.oldest_reader),
            auditoriums: AtomicBool::new(stamp.auditoriums),
        }
    }

    /// Stores the table's current layout.
    pub(crate) fn update(&self, stamp: Stamp) {
        self.version.store(stamp.version, Ordering::Relaxed);
        self.oldest_reader.store(stamp.oldest_reader, Ordering::Relaxed);
        self.auditoriums.fetch_or(stamp.auditoriums, Ordering::Relaxed);
    }

    /// Returns whether the table has auditoriums.
    pub(crate) fn has_auditoriums(&self) -> bool {
        self.auditoriums.load(Ordering::Relaxed)
    }

    /// Takes note that the table has auditoriums.
    pub(crate) fn found_auditoriums(&self) {
        self.auditoriums.store(true, Ordering::Relaxed);
    }

    /// Returns the kinds of slots whose lists are to be read: those without a plan, and those in auditoriums.
    pub(crate) fn kinds(&self) -> &'static [bool] {
        if self.has_auditoriums() { &[false, true] } else { &[false] }
    }

    /// Returns the layout to write: the table's, up to the newest that this program supports.
    pub(crate) fn version(&self) -> u32 {
        self.version.load(Ordering::Relaxed).min(LAYOUT.version)
    }

    /// Refuses a layout that this program may not use.
    pub(crate) fn permits(&self) -> Result<(), StoreError> {
        let version = self.version.load(Ordering::Relaxed);
        let oldest_reader = self.oldest_reader.load(Ordering::Relaxed);
        let stamp = Stamp { version, oldest_reader, auditoriums: self.has_auditoriums() };
        if LAYOUT.may_use(stamp) { Ok(()) } else { Err(StoreError::Failed(Excluded(stamp).into())) }
    }
}

/// The table was upgraded while this program ran.
#[derive(Debug, thiserror::Error)]
#[error(
    "the table's layout {} is newer than this program: it needs layout {}, but this one supports {}; update this server",
    .0.version, .0.oldest_reader, LAYOUT.version
)]
struct Excluded(Stamp);

/// Reads the layout of a table, and refuses one that this program may not use. Returns `None` if there is none.
pub(crate) async fn find(client: &Client, table: &str) -> Result<Option<Stamp>, OpenError> {
    let request = client.get_item().table_name(table).set_key(Some(key(&schema()))).consistent_read(true);
    let found = match request.send().await {
        Ok(answer) => answer.item,
        // The table has other keys.
        Err(error) if error.code() == Some("ValidationException") => None,
        Err(error) => return Err(OpenError::of(table, &error)),
    };
    let Some(found) = found else { return Ok(None) };
    if found.contains_key(COPY_OF) {
        return Err(OpenError::Unfinished { table: table.to_owned() });
    }
    let stamp = Stamp::read(&found).map_err(|corrupt| OpenError::broken(table, corrupt))?;
    if !LAYOUT.may_use(stamp) {
        let Stamp { version: found, oldest_reader, .. } = stamp;
        return Err(OpenError::NewerLayout { table: table.to_owned(), found, oldest_reader, known: LAYOUT.version });
    }
    Ok(Some(stamp))
}

/// The attribute of an unfinished copy that says of what it is one.
pub(crate) const COPY_OF: &str = "copy_of";
/// The attribute of an unfinished copy that says how far it has come in its source.
pub(crate) const COPY_REACHED: &str = "copy_reached";

/// Refuses a table that this program may not use as the target of a copy. It may be an unfinished copy.
pub(crate) async fn find_target(client: &Client, table: &str) -> Result<(), OpenError> {
    match find(client, table).await {
        Ok(_) | Err(OpenError::Unfinished { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Parses of what an unfinished copy is one, and how far it has come.
pub(crate) fn copy_state(found: &Item) -> Result<(String, Option<String>), Corrupt> {
    let found = Attributes(found);
    let reached = found.optional(COPY_REACHED)?.map(str::to_owned);
    Ok((found.text(COPY_OF, |source| Some(source.to_owned()))?, reached))
}

/// Makes a table an unfinished copy: one that no program may use, of whatever version.
pub(crate) fn begin_copy(source: &str) -> Write {
    let update = "SET #version = :version, oldest_reader = :none, copy_of = :source";
    let write = Write::update(&schema(), update).only_if("attribute_not_exists(copy_of)").naming("#version", "version");
    let write = write.with(":version", number(LAYOUT.version)).with(":none", number(u32::MAX));
    write.with(":source", text(source))
}

/// Notes how far an unfinished copy has come.
pub(crate) fn copied_to(reached: &str) -> Write {
    let write = Write::update(&schema(), "SET copy_reached = :reached").only_if("attribute_exists(copy_of)");
    write.with(":reached", text(reached))
}

/// Makes an unfinished copy a table that programs may use.
pub(crate) fn finish_copy() -> Write {
    let update = "SET oldest_reader = :oldest REMOVE copy_of, copy_reached";
    let write = Write::update(&schema(), update).only_if("attribute_exists(copy_of)");
    write.with(":oldest", number(LAYOUT.oldest_reader))
}

/// Notes that the table has auditoriums.
pub(crate) fn note_auditoriums() -> Write {
    Write::update(&schema(), "SET auditoriums = :yes").only_if(EXISTS).with(":yes", flag(true))
}

/// Reads the layout of a table that must have one.
pub(crate) async fn require(client: &Client, table: &str) -> Result<Stamp, OpenError> {
    let missing = || OpenError::NotOurs { table: table.to_owned(), what: "it has no layout version" };
    find(client, table).await?.ok_or_else(missing)
}

/// Writes the newest layout into a table that has none. Returns the layout that the table then has.
pub(crate) async fn record(client: &Client, table: &str) -> Result<Stamp, OpenError> {
    let request = client.put_item().table_name(table).set_item(Some(Stamp::NEWEST.item()));
    match request.condition_expression(IS_NEW).send().await {
        Ok(_) => Ok(Stamp::NEWEST),
        Err(error) if error.code() == Some("ConditionalCheckFailedException") => require(client, table).await,
        Err(error) => Err(OpenError::of(table, &error)),
    }
}

/// Refuses a table whose layout this program only reads.
pub(crate) fn writable(table: &str, stamp: Stamp) -> Result<Stamp, OpenError> {
    if stamp.version < LAYOUT.oldest_written {
        return Err(OpenError::OlderLayout {
            table: table.to_owned(),
            found: stamp.version,
            oldest: LAYOUT.oldest_written,
        });
    }
    Ok(stamp)
}

/// Raises a table to the newest layout that this program supports. From then on its servers write that layout, and
/// older programs stop using the table if the layout excludes them. Returns the version that the table had before.
///
/// Call it only when every server runs this program: an older server notices late that it is excluded.
///
/// # Errors
///
/// Refuses a table that is missing, that is not a table of Ticketly, or whose layout this program may not use.
pub async fn upgrade(client: &Client, table: &str) -> Result<u32, OpenError> {
    let before = require(client, table).await?;
    if before.version >= LAYOUT.version {
        return Ok(before.version);
    }
    // An update, since the item also says whether there are auditoriums.
    let request = client.update_item().table_name(table).set_key(Some(key(&schema())));
    let request = request.update_expression("SET #version = :version, oldest_reader = :oldest_reader");
    let request = request.condition_expression("#version = :before").expression_attribute_names("#version", "version");
    let request = request.expression_attribute_values(":version", number(LAYOUT.version));
    let request = request.expression_attribute_values(":oldest_reader", number(LAYOUT.oldest_reader));
    match request.expression_attribute_values(":before", number(before.version)).send().await {
        Ok(_) => Ok(before.version),
        // Another call upgraded it at the same time.
        Err(error) if error.code() == Some("ConditionalCheckFailedException") => {
            require(client, table).await.map(|stamp| stamp.version)
        }
        Err(error) => Err(OpenError::of(table, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_oldest_reader_a_layout_needs_its_own_version() {
        let mut found = item(&schema(), [("version", number(3))]);
        assert_eq!(Stamp::read(&found).unwrap(), Stamp { version: 3, oldest_reader: 3, auditoriums: false });
        found.insert("oldest_reader".to_owned(), number(2));
        assert_eq!(Stamp::read(&found).unwrap(), Stamp { version: 3, oldest_reader: 2, auditoriums: false });
        found.insert("oldest_reader".to_owned(), number("two"));
        assert!(Stamp::read(&found).is_err());
    }

    #[test]
    fn the_oldest_reader_decides_who_may_use_a_table() {
        let program = Layout { version: 3, oldest_reader: 2, oldest_written: 2 };
        for (version, oldest_reader, allowed) in [(1, 1, true), (3, 3, true), (5, 3, true), (5, 4, false)] {
            assert_eq!(
                program.may_use(Stamp { version, oldest_reader, auditoriums: false }),
                allowed,
                "{version}, {oldest_reader}"
            );
        }
    }

    #[test]
    fn a_server_writes_no_newer_layout_than_it_supports() {
        let seen = Seen::new(Stamp { version: LAYOUT.version + 2, oldest_reader: LAYOUT.version, auditoriums: false });
        assert_eq!(seen.version(), LAYOUT.version);
        seen.permits().unwrap();
        seen.update(Stamp { version: LAYOUT.version - 1, oldest_reader: 0, auditoriums: true });
        assert_eq!(seen.version(), LAYOUT.version - 1, "until the table is upgraded");
        seen.update(Stamp { version: LAYOUT.version + 2, oldest_reader: LAYOUT.version + 1, auditoriums: false });
        assert!(
            matches!(seen.permits(), Err(StoreError::Failed(cause)) if cause.to_string().contains("update this server"))
        );
    }
}
