//! The command `plan`: seating plans in files.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use serde::Deserialize;
use ticketly_domain::{Picture, PictureRow, Plan};

use crate::options;
use crate::{Misconfigured, print_line};

/// The greatest size of a file, in bytes. A plan of 5,000 seats has about 10,000.
const MAX_SIZE: u64 = 1 << 20;

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
    }
}

/// Reads the name and the plan of a file.
fn read(path: &Path) -> anyhow::Result<(Option<String>, Plan)> {
    let mut text = String::new();
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?.take(MAX_SIZE + 1);
    file.read_to_string(&mut text).with_context(|| format!("cannot read {}", path.display()))?;
    if text.len() as u64 > MAX_SIZE {
        return Err(anyhow!("{} is larger than {MAX_SIZE} bytes, which no plan is", path.display()));
    }
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
