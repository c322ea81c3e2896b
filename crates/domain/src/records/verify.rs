//! Verifying a store, also while servers change it.

use std::collections::{BTreeSet, HashSet};

use super::{Digest, Finding, FindingKind, Findings, Verification};
use crate::{Records, SlotId, StoreError};

/// How far a reading of records has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The number of records that were read.
    pub done: u64,
    /// How many there are, roughly.
    pub total: u64,
}

/// The result of a verification.
#[derive(Debug)]
pub struct Verified {
    /// What is wrong.
    pub findings: Findings,
    /// The records as they were read first.
    pub digest: Digest,
    /// The slots whose seats changed too fast to be compared with their owners.
    pub unsettled: Vec<SlotId>,
}

/// Proves that the records of a store are as the store writes them, and fit each other.
///
/// In a store that changes meanwhile, what was read first may not fit what was read last. What looks wrong is looked at again: the
/// seats of a slot together with all their owners, and everything else by reading all records a second time. Only what is wrong in the
/// same way both times is a finding.
pub async fn verify(
    records: &dyn Records,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Verified, StoreError> {
    let (mut findings, digest) = read_all(records, progress).await?;
    let mut unsettled = Vec::new();
    if records.is_snapshot() || findings.count() == 0 {
        return Ok(Verified { findings, digest, unsettled });
    }
    let is_of_seats = |finding: &Finding| finding.kind == FindingKind::Seats;
    let slots: BTreeSet<_> =
        findings.list().iter().filter(|found| is_of_seats(found)).filter_map(Finding::slot).collect();
    findings.retain(|finding| !is_of_seats(finding));
    if findings.count() > 0 {
        let (again, _) = read_all(records, progress).await?;
        let again: HashSet<_> = again.list().iter().collect();
        findings.retain(|finding| again.contains(finding));
    }
    for slot in slots {
        match seats_again(records, slot).await? {
            Some(found) => found.into_iter().for_each(|finding| findings.add(finding)),
            None => unsettled.push(slot),
        }
    }
    Ok(Verified { findings: findings.sorted(), digest, unsettled })
}

/// Reads all records once.
async fn read_all(
    records: &dyn Records,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(Findings, Digest), StoreError> {
    let (mut verification, mut digest) = (Verification::default(), Digest::default());
    let total = records.count().await?;
    // The first page takes longest: an embedded store checks its file before.
    progress(Progress { done: 0, total });
    let (mut after, mut done) = (None, 0);
    loop {
        let page = records.records(after.as_ref()).await?;
        done += u64::try_from(page.records.len()).unwrap_or_default();
        for record in page.records {
            match record {
                Ok(record) => {
                    verification.add(&record);
                    digest.add(&record);
                }
                Err(finding) => verification.found(finding),
            }
        }
        progress(Progress { done, total: total.max(done) });
        after = page.next;
        if after.is_none() {
            return Ok((verification.finish(), digest));
        }
    }
}

/// Compares the seats of a slot with their owners again. `None` when they change too fast.
async fn seats_again(records: &dyn Records, slot: SlotId) -> Result<Option<Vec<Finding>>, StoreError> {
    let Some(found) = records.slot_records(slot).await? else { return Ok(None) };
    let mut verification = Verification::default();
    for record in &found {
        verification.add(record);
    }
    let findings = verification.finish();
    Ok(Some(findings.list().iter().filter(|finding| finding.kind == FindingKind::Seats).cloned().collect()))
}
