//! Counts the requests of a client, each attempt of them, and the capacity that they consume. In a trace each attempt is a span.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use aws_sdk_dynamodb::config::interceptors::{
    BeforeSerializationInterceptorContextMut, BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::operation::get_item::{GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::transact_get_items::{TransactGetItemsInput, TransactGetItemsOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemInput, UpdateItemOutput};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use tracing::field::Empty;
use tracing::{Span, trace_span};

use crate::metrics::StoreMetrics;

/// The requests of the store.
const OPERATIONS: [&str; 6] =
    ["GetItem", "BatchGetItem", "Query", "TransactGetItems", "TransactWriteItems", "UpdateItem"];

/// An interceptor that counts.
pub(crate) struct Counted(pub(crate) Arc<StoreMetrics>);

/// An attempt that is under way.
#[derive(Debug)]
struct Begun {
    operation: &'static str,
    at: Instant,
    span: Span,
}

impl Storable for Begun {
    type Storer = StoreReplace<Self>;
}

/// Begins the span of an attempt.
fn span(operation: &'static str) -> Span {
    trace_span!(
        "request",
        "otel.name" = operation,
        "otel.kind" = "client",
        "otel.status_code" = Empty,
        "db.system.name" = "aws.dynamodb",
        "db.operation.name" = operation,
        "http.response.status_code" = Empty,
    )
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counted")
    }
}

impl Counted {
    fn count_units<'a>(&self, kind: &'static str, charged: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        let units = charged.into_iter().filter_map(ConsumedCapacity::capacity_units).sum();
        self.0.count_units(kind, units);
    }
}

impl Intercept for Counted {
    fn name(&self) -> &'static str {
        "Counted"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        macro_rules! ask {
            ($($input:ty),+) => {
                $(if let Some(input) = context.input_mut().downcast_mut::<$input>() {
                    input.return_consumed_capacity.get_or_insert(ReturnConsumedCapacity::Total);
                })+
            };
        }
        ask!(
            GetItemInput,
            BatchGetItemInput,
            QueryInput,
            TransactGetItemsInput,
            TransactWriteItemsInput,
            UpdateItemInput
        );
        Ok(())
    }

    fn read_before_attempt(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let name = context.request().headers().get("x-amz-target").and_then(|target| target.rsplit('.').next());
        let operation = OPERATIONS.into_iter().find(|operation| Some(*operation) == name).unwrap_or("other");
        bag.interceptor_state().store_put(Begun { operation, at: Instant::now(), span: span(operation) });
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let status = context.response().map(|response| response.status().as_u16());
        if let Some(Begun { operation, at, span }) = bag.load::<Begun>() {
            self.0.count_request(operation, status, at.elapsed());
            span.record("http.response.status_code", status);
            if status.is_none_or(|status| status >= 400) {
                span.record("otel.status_code", "ERROR");
            }
        }
        // The span ends.
        bag.interceptor_state().unset::<Begun>();
        let Some(Ok(output)) = context.output_or_error() else { return Ok(()) };
        macro_rules! count {
            ($($output:ty, $kind:literal);+) => {
                $(if let Some(output) = output.downcast_ref::<$output>() {
                    self.count_units($kind, &output.consumed_capacity);
                })+
            };
            (lists $($output:ty, $kind:literal);+) => {
                $(if let Some(output) = output.downcast_ref::<$output>() {
                    self.count_units($kind, output.consumed_capacity.iter().flatten());
                })+
            };
        }
        count!(GetItemOutput, "read"; QueryOutput, "read"; UpdateItemOutput, "write");
        count!(lists BatchGetItemOutput, "read"; TransactGetItemsOutput, "read"; TransactWriteItemsOutput, "write");
        Ok(())
    }
}
