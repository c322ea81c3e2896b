//! Conditional writes, and the outcome of a transaction.

use std::borrow::Cow;
use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    self, AttributeValue, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};

use crate::client::attributes::{self, Item};
use crate::client::key::Key;

/// The condition of a write that creates an item.
pub(crate) const IS_NEW: &str = "attribute_not_exists(pk)";
/// The condition of a write that must not create an item.
pub(crate) const EXISTS: &str = "attribute_exists(pk)";

/// A write of one item, with its condition.
pub(crate) struct Write {
    what: What,
    condition: Option<Cow<'static, str>>,
    values: Item,
    /// The names of attributes that are words of the engine's language, by placeholder.
    names: Vec<(&'static str, &'static str)>,
}

enum What {
    Put(Item),
    Update { key: Item, update: Cow<'static, str> },
    Delete { key: Item },
}

impl Write {
    fn of(what: What) -> Self {
        Self { what, condition: None, values: Item::new(), names: Vec::new() }
    }

    /// Writes a whole item.
    pub(crate) fn put(item: Item) -> Self {
        Self::of(What::Put(item))
    }

    /// Updates attributes of an item.
    pub(crate) fn update(key: &Key, update: impl Into<Cow<'static, str>>) -> Self {
        Self::of(What::Update { key: attributes::key(key), update: update.into() })
    }

    /// Deletes an item.
    pub(crate) fn delete(key: &Key) -> Self {
        Self::of(What::Delete { key: attributes::key(key) })
    }

    /// Sets the condition of the write.
    pub(crate) fn only_if(self, condition: impl Into<Cow<'static, str>>) -> Self {
        Self { condition: Some(condition.into()), ..self }
    }

    /// Sets the value of a placeholder in the update or the condition.
    pub(crate) fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    /// Sets the attribute that a placeholder in the update or the condition stands for.
    pub(crate) fn naming(mut self, placeholder: &'static str, attribute: &'static str) -> Self {
        self.names.push((placeholder, attribute));
        self
    }

    /// Returns the placeholders of attributes with their names.
    fn names(&self) -> Option<HashMap<String, String>> {
        let names = self.names.iter().map(|(placeholder, name)| ((*placeholder).to_owned(), (*name).to_owned()));
        (!self.names.is_empty()).then(|| names.collect())
    }

    /// Returns a request outside a transaction, if the write is an update.
    pub(crate) fn alone(&self, client: &Client, table: &str) -> Option<UpdateItemFluentBuilder> {
        let What::Update { key, update } = &self.what else { return None };
        let values = (!self.values.is_empty()).then(|| self.values.clone());
        let all_old = self.condition.as_ref().map(|_| ReturnValuesOnConditionCheckFailure::AllOld);
        let request =
            client.update_item().table_name(table).set_key(Some(key.clone())).update_expression(update.clone());
        let request = request.set_condition_expression(self.condition.clone().map(Into::into));
        let request = request.set_expression_attribute_names(self.names());
        Some(request.set_expression_attribute_values(values).set_return_values_on_condition_check_failure(all_old))
    }

    /// Returns an action of a transaction.
    pub(crate) fn action(&self, table: &str) -> Result<TransactWriteItem, BuildError> {
        let action = TransactWriteItem::builder();
        let condition: Option<String> = self.condition.clone().map(Into::into);
        let values = (!self.values.is_empty()).then(|| self.values.clone());
        let all_old = condition.is_some().then_some(ReturnValuesOnConditionCheckFailure::AllOld);
        let action = match &self.what {
            What::Put(item) => {
                let put = Put::builder().table_name(table).set_item(Some(item.clone()));
                let put = put.set_condition_expression(condition).set_expression_attribute_values(values);
                let put = put.set_expression_attribute_names(self.names());
                action.put(put.set_return_values_on_condition_check_failure(all_old).build()?)
            }
            What::Update { key, update } => {
                let change =
                    Update::builder().table_name(table).set_key(Some(key.clone())).update_expression(update.clone());
                let change = change.set_condition_expression(condition).set_expression_attribute_values(values);
                let change = change.set_expression_attribute_names(self.names());
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

/// The outcome of a transaction.
pub(crate) enum CommitOutcome {
    /// All writes were done.
    Done,
    /// No write was done: a condition failed.
    Refused {
        /// The first write whose condition failed. The conditions of the writes before it held.
        at: usize,
        /// The item that failed the condition, if it exists.
        found: Option<Item>,
        /// The reason of every write, in order. Empty for a write outside a transaction.
        reasons: Vec<CancellationReason>,
    },
}

/// The part of one write in the cancellation of a transaction.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CancellationReason {
    /// The write itself would have been done.
    None,
    /// The condition failed for this item.
    ConditionFailed(Option<Item>),
    /// Another change or an overloaded partition was in the way. The condition was not checked.
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

/// Returns the first write whose condition failed, in the order of the writes. Returns `None` if the condition of an
/// earlier write was not checked: then the outcome is open, even if later conditions failed.
pub(crate) fn refused(reasons: &[types::CancellationReason]) -> Option<CommitOutcome> {
    let reasons: Vec<_> = reasons.iter().map(CancellationReason::of).collect();
    let (at, first) = reasons.iter().enumerate().find(|(_, reason)| **reason != CancellationReason::None)?;
    let CancellationReason::ConditionFailed(found) = first else { return None };
    let found = found.clone();
    Some(CommitOutcome::Refused { at, found, reasons })
}

/// Returns the reason of an invalid write, if there is one: no further attempt can succeed.
pub(crate) fn invalid(reasons: &[types::CancellationReason]) -> Option<&types::CancellationReason> {
    let codes = ["ValidationError", "ItemCollectionSizeLimitExceeded"];
    reasons.iter().find(|reason| reason.code().is_some_and(|code| codes.contains(&code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(codes: &[&str]) -> Vec<types::CancellationReason> {
        codes.iter().map(|code| types::CancellationReason::builder().code(*code).build()).collect()
    }

    #[test]
    fn the_first_failed_write_cancels_a_transaction() {
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
