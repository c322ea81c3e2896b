//! The command `verify`.

use std::path::PathBuf;

use ticketly_adapters_dynamo::{DynamoRecords, client};
use ticketly_adapters_sqlite::SqliteRecords;
use ticketly_domain::{Digest, Records, Verified, verify};

use crate::options::{StoreKind, Verify};
use crate::progress::ProgressLine;
use crate::{Misconfigured, print_line, store};

/// Verifies a store, and prints what is wrong, a line for each finding.
pub async fn run(options: &Verify) -> anyhow::Result<()> {
    let (name, records) = open(options).await?;
    let mut line = ProgressLine::new();
    let verified = verify(&*records, &mut |progress| line.show("verifying", progress)).await?;
    drop(line);
    report(&name, &verified)
}

/// Opens the records of the store that the options name. Returns them with its name.
async fn open(options: &Verify) -> anyhow::Result<(String, Box<dyn Records>)> {
    let file: PathBuf = match (&options.file, &options.data.store) {
        (Some(file), _) => file.clone(),
        (None, StoreKind::Embedded) => store::file(&options.data)?,
        (None, StoreKind::DynamoDb(table)) => {
            let records = DynamoRecords::open(&client().await, table, options.max_units).await;
            return Ok((table.clone(), Box::new(records.map_err(|error| Misconfigured(error.into()))?)));
        }
    };
    let records = SqliteRecords::open(&file).map_err(|error| Misconfigured(error.into()))?;
    Ok((file.display().to_string(), Box::new(records)))
}

/// Prints the findings, and fails if there are any. Otherwise says what was verified.
pub fn report(name: &str, verified: &Verified) -> anyhow::Result<()> {
    refuse_findings(name, verified)?;
    print_line(&format!("{name}: nothing is wrong with {}", counted(&verified.digest)))
}

/// Prints the findings, and fails if there are any, or if something could not be compared.
pub fn refuse_findings(name: &str, verified: &Verified) -> anyhow::Result<()> {
    let findings = &verified.findings;
    for finding in findings.list() {
        // A name in the file may contain anything.
        print_line(&finding.to_string().replace(char::is_control, " "))?;
    }
    for slot in &verified.unsettled {
        print_line(&format!("slot {slot} is sold too fast to compare its seats with their owners"))?;
    }
    match (findings.count(), verified.unsettled.len()) {
        (0, 0) => Ok(()),
        (0, _) => {
            anyhow::bail!("{name} is sold too fast: nothing is wrong with what was compared; verify it again later")
        }
        (1, _) => anyhow::bail!("{name} has one thing that is wrong"),
        (more, _) => anyhow::bail!("{name} has {more} things that are wrong"),
    }
}

/// Says how many records of which kinds there are.
pub fn counted(digest: &Digest) -> String {
    let counts: Vec<_> = digest.counts().map(|(kind, count)| format!("{count} {kind}")).collect();
    if counts.is_empty() { "an empty store".to_owned() } else { counts.join(", ") }
}

#[cfg(test)]
mod tests {
    use ticketly_domain::{Findings, SlotId};
    use ticketly_http::clock::Clock as _;

    use super::*;
    use crate::SystemClock;

    #[test]
    fn a_store_is_proved_only_if_all_of_it_was_compared() {
        let verified = |unsettled| Verified { findings: Findings::default(), digest: Digest::default(), unsettled };
        assert!(report("cinema", &verified(Vec::new())).is_ok());
        let slot = SlotId::mint(SystemClock.now(), &mut rand::rng());
        let error = report("cinema", &verified(vec![slot])).unwrap_err().to_string();
        assert!(error.starts_with("cinema is sold too fast"), "{error}");
    }
}
