//! Refuses requests that DynamoDB refuses and an engine may accept. Every client of the tests uses it.

use aws_sdk_dynamodb::config::interceptors::BeforeSerializationInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::query::QueryInput;
use aws_sdk_dynamodb::types::AttributeValue;

/// Refuses an empty text in the keys of a query.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strict;

impl Intercept for Strict {
    fn name(&self) -> &'static str {
        "Strict"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let query = context.input().downcast_ref::<QueryInput>();
        let mut values = query.and_then(|query| query.expression_attribute_values.as_ref()).into_iter().flatten();
        let is_empty = |value: &AttributeValue| value.as_s().is_ok_and(String::is_empty);
        match values.find(|(_, value)| is_empty(value)) {
            Some((name, _)) => Err(format!("{name} is empty, which DynamoDB refuses as a key").into()),
            None => Ok(()),
        }
    }
}
