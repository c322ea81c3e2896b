//! Copying a store into another, which may be of another kind.

use super::{Digest, Progress, RecordKind, Verified, verify};
use crate::{CopyError, Records, RecordsTarget};

/// The result of a copy.
#[derive(Debug)]
pub struct Copied {
    /// The verification of the copy.
    pub verified: Verified,
    /// The kinds of records in which the copy differs from its source, which was changed meanwhile, or damaged.
    pub differences: Vec<RecordKind>,
    /// What the source has.
    pub source: Digest,
}

/// What a copy is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyStep {
    /// Records are copied.
    Copying,
    /// The source is read again.
    Comparing,
    /// The copy is verified.
    Verifying,
}

/// Copies all records of a store into another, or goes on with a copy that was interrupted. In the end both are read and compared, and the
/// copy is verified: only one that is equal and without a finding becomes a store that servers accept.
pub async fn copy(
    from: &dyn Records,
    to: &dyn RecordsTarget,
    progress: &mut (dyn FnMut(CopyStep, Progress) + Send),
) -> Result<Copied, CopyError> {
    let mut after = to.begin(&from.fingerprint().await?.ok_or(CopyError::Unused)?).await?;
    let total = from.count().await?;
    let mut done = 0;
    loop {
        let page = from.records(after.as_ref()).await?;
        done += u64::try_from(page.records.len()).unwrap_or_default();
        let records = page.records.into_iter().collect::<Result<Vec<_>, _>>().map_err(CopyError::Damaged)?;
        let records: Vec<_> = records.into_iter().filter(|record| record.kind() != RecordKind::RunningTotals).collect();
        to.write(&records, page.next.as_ref()).await?;
        progress(CopyStep::Copying, Progress { done, total: total.max(done) });
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let source = digest(from, &mut |its| progress(CopyStep::Comparing, its)).await?;
    let verified = verify(to.records(), &mut |its| progress(CopyStep::Verifying, its)).await?;
    let differences = source.differences(&verified.digest);
    if differences.is_empty() && verified.findings.count() == 0 {
        to.finish().await?;
    }
    Ok(Copied { verified, differences, source })
}

/// Reads all records of a store for their digest.
async fn digest(from: &dyn Records, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<Digest, CopyError> {
    let (mut digest, mut after, mut done) = (Digest::default(), None, 0);
    let total = from.count().await?;
    loop {
        let page = from.records(after.as_ref()).await?;
        done += u64::try_from(page.records.len()).unwrap_or_default();
        for record in page.records {
            digest.add(&record.map_err(CopyError::Damaged)?);
        }
        progress(Progress { done, total: total.max(done) });
        after = page.next;
        if after.is_none() {
            return Ok(digest);
        }
    }
}
