//! What is written, on which condition, and how it ended.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    self, AttributeValue, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};

use crate::client::attributes::{self, Item};
use crate::client::key::Key;

/// The condition of a write that makes an item.
pub(crate) const IS_NEW: &str = "attribute_not_exists(pk)";
/// The condition of a write that must not make one.
pub(crate) const EXISTS: &str = "attribute_exists(pk)";

/// A write of one item.
pub(crate) struct Write {
    what: What,
    condition: Option<&'static str>,
    values: Item,
}

enum What {
    Put(Item),
    Update { key: Item, update: &'static str },
    Delete { key: Item },
}

impl Write {
    /// Writes a whole item.
    pub(crate) fn put(item: Item) -> Self {
        Self { what: What::Put(item), condition: None, values: Item::new() }
    }

    /// Changes an item.
    pub(crate) fn update(key: &Key, update: &'static str) -> Self {
        Self { what: What::Update { key: attributes::key(key), update }, condition: None, values: Item::new() }
    }

    /// Removes an item.
    pub(crate) fn delete(key: &Key) -> Self {
        Self { what: What::Delete { key: attributes::key(key) }, condition: None, values: Item::new() }
    }

    /// Only if this holds.
    pub(crate) fn only_if(self, condition: &'static str) -> Self {
        Self { condition: Some(condition), ..self }
    }

    /// What a name in the update or the condition stands for.
    pub(crate) fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    /// As a request of its own, if it changes an item.
    pub(crate) fn alone(&self, client: &Client, table: &str) -> Option<UpdateItemFluentBuilder> {
        let What::Update { key, update } = &self.what else { return None };
        let values = (!self.values.is_empty()).then(|| self.values.clone());
        let all_old = self.condition.map(|_| ReturnValuesOnConditionCheckFailure::AllOld);
        let request = client.update_item().table_name(table).set_key(Some(key.clone())).update_expression(*update);
        let request = request.set_condition_expression(self.condition.map(Into::into));
        Some(request.set_expression_attribute_values(values).set_return_values_on_condition_check_failure(all_old))
    }

    /// As an action of a transaction.
    pub(crate) fn action(&self, table: &str) -> Result<TransactWriteItem, BuildError> {
        let action = TransactWriteItem::builder();
        let condition = self.condition.map(Into::into);
        let values = (!self.values.is_empty()).then(|| self.values.clone());
        let all_old = condition.is_some().then_some(ReturnValuesOnConditionCheckFailure::AllOld);
        let action = match &self.what {
            What::Put(item) => {
                let put = Put::builder().table_name(table).set_item(Some(item.clone()));
                let put = put.set_condition_expression(condition).set_expression_attribute_values(values);
                action.put(put.set_return_values_on_condition_check_failure(all_old).build()?)
            }
            What::Update { key, update } => {
                let change = Update::builder().table_name(table).set_key(Some(key.clone())).update_expression(*update);
                let change = change.set_condition_expression(condition).set_expression_attribute_values(values);
                action.update(change.set_return_values_on_condition_check_failure(all_old).build()?)
            }
            What::Delete { key } => {
                let delete = Delete::builder().table_name(table).set_key(Some(key.clone()));
                let delete = delete.set_condition_expression(condition).set_expression_attribute_values(values);
                action.delete(delete.set_return_values_on_condition_check_failure(all_old).build()?)
            }
        };
        Ok(action.build())
    }
}

/// How a transaction ended.
pub(crate) enum CommitOutcome {
    /// All of it was done.
    Done,
    /// Nothing was done: a condition did not hold.
    Refused {
        /// The first write whose condition did not hold; those of the writes before it did.
        at: usize,
        /// The item that this condition was about, if there is one.
        found: Option<Item>,
        /// What became of every write, in order; empty for a write outside a transaction.
        reasons: Vec<CancellationReason>,
    },
}

/// What a canceled transaction tells of one of its writes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CancellationReason {
    /// It would have been done.
    None,
    /// Its condition did not hold for this item.
    ConditionFailed(Option<Item>),
    /// It met another change, or an overloaded partition; of its condition nothing is known.
    Busy,
}

impl CancellationReason {
    fn of(reason: &types::CancellationReason) -> Self {
        match reason.code() {
            None | Some("None") => Self::None,
            Some("ConditionalCheckFailed") => {
                Self::ConditionFailed(reason.item().filter(|item| !item.is_empty()).cloned())
            }
            Some(_) => Self::Busy,
        }
    }
}

/// Why a transaction was canceled: the first write that was in the way, in the order of the writes. `None` when of that
/// one nothing is known: then nothing can be said, whatever is wrong with later ones.
pub(crate) fn refused(reasons: &[types::CancellationReason]) -> Option<CommitOutcome> {
    let reasons: Vec<_> = reasons.iter().map(CancellationReason::of).collect();
    let (at, first) = reasons.iter().enumerate().find(|(_, reason)| **reason != CancellationReason::None)?;
    let CancellationReason::ConditionFailed(found) = first else { return None };
    let found = found.clone();
    Some(CommitOutcome::Refused { at, found, reasons })
}

/// The write for whose own fault a transaction was canceled, if any: no other attempt mends it.
pub(crate) fn faulty(reasons: &[types::CancellationReason]) -> Option<&types::CancellationReason> {
    let faults = ["ValidationError", "ItemCollectionSizeLimitExceeded"];
    reasons.iter().find(|reason| reason.code().is_some_and(|code| faults.contains(&code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(codes: &[&str]) -> Vec<types::CancellationReason> {
        codes.iter().map(|code| types::CancellationReason::builder().code(*code).build()).collect()
    }

    #[test]
    fn the_first_write_in_the_way_tells_why_a_transaction_was_canceled() {
        let at = |codes: &[&str]| match refused(&reasons(codes)) {
            Some(CommitOutcome::Refused { at, .. }) => Some(at),
            _ => None,
        };
        assert_eq!(at(&["None", "ConditionalCheckFailed", "TransactionConflict"]), Some(1));
        assert_eq!(at(&["None", "TransactionConflict", "ConditionalCheckFailed"]), None, "the record is not known yet");
        assert_eq!(at(&["ThrottlingError", "None"]), None);
        assert_eq!(at(&[]), None);
    }
}
