//! The command `plan`: seating plans in files.

mod pretix;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, anyhow};
use serde::Deserialize;
use ticketly_domain::{Picture, PictureRow, Plan};

use crate::options;
use crate::{Misconfigured, print_line};
use pretix::Imported;

/// The greatest size of a file, in bytes. A plan of 5,000 seats has about 10,000.
const MAX_SIZE: u64 = 1 << 20;
/// The greatest size of a file to import, in bytes. One of pretix has about 140 for a seat, or 400 with identifiers.
const MAX_IMPORT_SIZE: u64 = 4 << 20;

/// A plan in JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanFile {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    focus: Option<[f64; 2]>,
    legend: BTreeMap<char, String>,
    rows: Vec<RowOfFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowOfFile {
    row: String,
    #[serde(default = "one")]
    from: i32,
    #[serde(default = "one")]
    step: i32,
    places: String,
}

const fn one() -> i32 {
    1
}

/// Runs a subcommand of `plan`.
pub fn run(command: options::Plan) -> anyhow::Result<()> {
    match command {
        options::Plan::Check { file } => {
            let (name, plan) = read(&file).map_err(Misconfigured)?;
            let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
            print_line(&format!("{name}{} seats in {} rows\n", plan.seats(), plan.rows().len()))?;
            print_line(plan.drawing().trim_end())
        }
        options::Plan::Import { file } => {
            let Imported { name, picture, notes } = import(&file).map_err(Misconfigured)?;
            for note in notes {
                // A failure to write to the standard error cannot be reported.
                drop(writeln!(io::stderr(), "ticketly: note: {note}"));
            }
            print_line(&in_json(name.as_deref(), &picture)?)
        }
    }
}

/// Reads the name and the plan of a file.
fn read(path: &Path) -> anyhow::Result<(Option<String>, Plan)> {
    let text = read_text(path, MAX_SIZE)?;
    let found: PlanFile =
        serde_json::from_str(&text).with_context(|| format!("{} is not a plan in JSON", path.display()))?;
    if found.name.as_ref().is_some_and(|name| name.chars().count() > 100 || name.contains(char::is_control)) {
        return Err(anyhow!("{}: give a name of at most 100 characters on one line", path.display()));
    }
    let row = |RowOfFile { row, from, step, places }| PictureRow { row, from, step, places };
    let rows = found.rows.into_iter().map(row).collect();
    let picture = Picture { focus: found.focus, legend: found.legend, rows };
    let plan = Plan::new(picture).map_err(|invalid| anyhow!("{}: {}", path.display(), invalid.reason))?;
    Ok((found.name, plan))
}

/// Reads a plan of pretix from a file.
fn import(path: &Path) -> anyhow::Result<Imported> {
    let text = read_text(path, MAX_IMPORT_SIZE)?;
    let document = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
    pretix::import(&document).with_context(|| path.display().to_string())
}

fn read_text(path: &Path, max_size: u64) -> anyhow::Result<String> {
    let mut text = String::new();
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?.take(max_size + 1);
    file.read_to_string(&mut text).with_context(|| format!("cannot read {}", path.display()))?;
    if text.len() as u64 > max_size {
        return Err(anyhow!("{} is larger than {max_size} bytes, which no plan is", path.display()));
    }
    Ok(text)
}

/// Writes a plan in JSON, with a line for each row, as a person would draw it.
fn in_json(name: Option<&str>, picture: &Picture) -> anyhow::Result<String> {
    let mut text = "{\n".to_owned();
    if let Some(name) = name {
        writeln!(text, "  \"name\": {},", serde_json::to_string(name)?)?;
    }
    let legend = picture.legend.iter().map(|(character, word)| {
        Ok(format!("{}: {}", serde_json::to_string(character)?, serde_json::to_string(word)?))
    });
    writeln!(text, "  \"legend\": {{{}}},", legend.collect::<serde_json::Result<Vec<_>>>()?.join(", "))?;
    let rows = picture.rows.iter().map(|PictureRow { row, from, step, places }| {
        let numbers = match (from, step) {
            (1, 1) => String::new(),
            (from, 1) => format!("\"from\": {from}, "),
            (from, step) => format!("\"from\": {from}, \"step\": {step}, "),
        };
        let (row, places) = (serde_json::to_string(row)?, serde_json::to_string(places)?);
        Ok(format!("    {{\"row\": {row}, {numbers}\"places\": {places}}}"))
    });
    write!(text, "  \"rows\": [\n{}\n  ]\n}}", rows.collect::<serde_json::Result<Vec<_>>>()?.join(",\n"))?;
    Ok(text)
}
