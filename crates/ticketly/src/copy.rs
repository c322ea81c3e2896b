//! The command `copy`.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;

use anyhow::Context as _;
use ticketly_adapters_dynamo::{DynamoRecords, DynamoTarget, client};
use ticketly_adapters_sqlite::{SqliteRecords, SqliteTarget};
use ticketly_domain::{Copied, CopyError, CopyStep, Records, RecordsTarget, copy};

use crate::options::{Copy, StoreKind};
use crate::progress::ProgressLine;
use crate::verify::report;
use crate::{Misconfigured, store};

/// Copies a store into another, compares them, and verifies the copy.
pub async fn run(options: &Copy) -> anyhow::Result<()> {
    if let (StoreKind::Embedded, StoreKind::Embedded) = (&options.from, &options.to) {
        let error = anyhow::anyhow!("both stores are the embedded one; `ticketly backup` copies it to another file");
        return Err(Misconfigured(error).into());
    }
    let (from, source) = source(options).await?;
    let (to, target) = target(options).await?;
    let mut line = ProgressLine::new();
    let copied = copy(&*source, &*target, &mut |step, progress| line.show(said(step), progress)).await;
    drop(line);
    let copied = copied.map_err(|error| match error {
        CopyError::Unused => misconfigured(&format!("{from} has nothing to copy: no server has used it")),
        CopyError::NotEmpty => misconfigured(&format!("{to}: {}", CopyError::NotEmpty)),
        error @ (CopyError::Damaged(_) | CopyError::Store(_)) => error.into(),
    })?;
    finish(&from, &to, &copied)
}

fn misconfigured(what: &str) -> anyhow::Error {
    Misconfigured(anyhow::anyhow!("{what}")).into()
}

/// Prints what was copied, or what is wrong.
fn finish(from: &str, to: &str, copied: &Copied) -> anyhow::Result<()> {
    report(to, &copied.verified).with_context(|| format!("the copy of {from} is not finished"))?;
    if copied.differences.is_empty() {
        return Ok(());
    }
    let kinds: Vec<_> = copied.differences.iter().map(ToString::to_string).collect();
    anyhow::bail!(
        "{to} has other {} than {from}, which was changed meanwhile; stop its servers, delete {to}, and copy again",
        kinds.join(", ")
    )
}

const fn said(step: CopyStep) -> &'static str {
    match step {
        CopyStep::Copying => "copying  ",
        CopyStep::Comparing => "comparing",
        CopyStep::Verifying => "verifying",
    }
}

/// Opens the store to copy from. An embedded one must not be open elsewhere, and nobody can open it meanwhile.
async fn source(options: &Copy) -> anyhow::Result<(String, Box<dyn Records>)> {
    Ok(match &options.from {
        StoreKind::Embedded => {
            let file = store::file_in(&options.folder)?;
            let records = SqliteRecords::open_alone(&file).map_err(|error| Misconfigured(error.into()))?;
            (file.display().to_string(), Box::new(records))
        }
        StoreKind::DynamoDb(table) => {
            let records = DynamoRecords::open(&client().await, table, options.max_units).await;
            (table.clone(), Box::new(records.map_err(|error| Misconfigured(error.into()))?))
        }
    })
}

/// Opens the store to copy to.
async fn target(options: &Copy) -> anyhow::Result<(String, Box<dyn RecordsTarget>)> {
    Ok(match &options.to {
        StoreKind::Embedded => {
            let folder = &options.folder;
            let created = fs::DirBuilder::new().mode(0o700).recursive(true).create(folder);
            created.with_context(|| format!("cannot create {}", folder.display())).map_err(Misconfigured)?;
            let file = folder.join(store::FILE);
            let target = SqliteTarget::open(&file).map_err(|error| Misconfigured(error.into()))?;
            (file.display().to_string(), Box::new(target))
        }
        StoreKind::DynamoDb(table) => {
            let target = DynamoTarget::open(&client().await, table, options.max_units).await;
            (table.clone(), Box::new(target.map_err(|error| Misconfigured(error.into()))?))
        }
    })
}
