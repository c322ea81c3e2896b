//! The command `plan`: seating plans in files.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, anyhow};
use ticketly_domain::Plan;
use ticketly_plans::{Imported, PlanFile, write};

use crate::options;
use crate::{Misconfigured, print_line};

/// The greatest size of a file, in bytes. A plan of 5,000 seats has about 10,000.
const MAX_SIZE: u64 = 1 << 20;
/// The greatest size of a file to import, in bytes. One of pretix has about 140 for a seat, or 400 with identifiers.
const MAX_IMPORT_SIZE: u64 = 4 << 20;

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
            print_line(&write(name.as_deref(), &picture))
        }
    }
}

/// Reads the name and the plan of a file.
fn read(path: &Path) -> anyhow::Result<(Option<String>, Plan)> {
    let text = read_text(path, MAX_SIZE)?;
    let (name, picture) = PlanFile::read(&text).with_context(|| path.display().to_string())?;
    let plan = Plan::new(picture).map_err(|invalid| anyhow!("{}: {}", path.display(), invalid.reason))?;
    Ok((name, plan))
}

/// Reads a plan of pretix from a file.
fn import(path: &Path) -> anyhow::Result<Imported> {
    let text = read_text(path, MAX_IMPORT_SIZE)?;
    let document = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
    ticketly_plans::import(&document).with_context(|| path.display().to_string())
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
