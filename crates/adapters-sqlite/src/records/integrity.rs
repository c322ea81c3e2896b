//! What SQLite says of the file: pages, indexes, constraints and the schema.

use std::collections::BTreeMap;

use rusqlite::Connection;
use ticketly_domain::{Finding, StoreError};

use super::{tables, target};
use crate::error::failed;
use crate::schema;

/// The greatest number of problems that SQLite reports.
const MOST: usize = 200;

/// The tables that Litestream makes in a database which it copies. They have nothing of ours.
const LITESTREAM: [&str; 2] = ["_litestream_lock", "_litestream_seq"];

/// Checks every page, every index against its table, and that there are the tables and indexes of the store.
pub(super) fn check(db: &Connection) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    match reports(db) {
        Ok(reports) => {
            findings.extend(reports.into_iter().map(|report| Finding::damaged("the file", report)));
        }
        Err(error) if tables::is_damage(&error) => findings.push(Finding::damaged("the file", error.to_string())),
        Err(error) => return Err(failed(error)),
    }
    let expected = schema::fresh().and_then(|fresh| objects(&fresh)).map_err(failed)?;
    let found = objects(db).map_err(failed)?;
    for (name, sql) in &expected {
        match found.get(name) {
            None => findings.push(Finding::damaged(format!("schema, {name}"), "it is missing")),
            Some(other) if other != sql => {
                findings.push(Finding::damaged(format!("schema, {name}"), "it is not as this version makes it"));
            }
            Some(_) => {}
        }
    }
    let is_known = |name: &str| expected.contains_key(name) || name == target::STATE || LITESTREAM.contains(&name);
    let others = found.keys().filter(|name| !is_known(name));
    findings.extend(others.map(|name| Finding::damaged(format!("schema, {name}"), "this version does not have it")));
    Ok(findings)
}

/// Returns what the integrity check of SQLite reports, which names no values.
fn reports(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut check = db.prepare(&format!("PRAGMA integrity_check({MOST})"))?;
    let reports = check.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let lines = reports.iter().flat_map(|report| report.lines()).filter(|report| *report != "ok" && !report.is_empty());
    Ok(lines.map(str::to_owned).collect())
}

/// Returns the tables and indexes with the statements that made them, without their spaces.
fn objects(db: &Connection) -> rusqlite::Result<BTreeMap<String, String>> {
    let mut query = db.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
    let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| row.map(|(name, sql)| (name, sql.split_whitespace().collect()))).collect()
}
