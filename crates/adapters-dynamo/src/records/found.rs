//! What a page of records has: records, and what is wrong.

use std::collections::HashSet;

use ticketly_domain::{Finding, Record};

/// What was found so far of a page.
#[derive(Default)]
pub(super) struct Found {
    pub(super) records: Vec<Result<Record, Finding>>,
    findings: HashSet<Finding>,
}

impl Found {
    pub(super) fn record(&mut self, record: Record) {
        self.records.push(Ok(record));
    }

    /// Adds what is wrong. Many items may say the same.
    pub(super) fn wrong(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            if self.findings.insert(finding.clone()) {
                self.records.push(Err(finding));
            }
        }
    }
}
