//! A meter of requests and capacity units: it requests the consumed capacity with every request, and adds it up.

use std::fmt;
use std::ops::Sub;
use std::sync::{Arc, Mutex};

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

/// The cost of requests.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bill {
    /// The number of requests that read.
    pub reads: u32,
    /// The number of requests that write.
    pub writes: u32,
    /// Read units.
    pub read_units: f64,
    /// Write units.
    pub write_units: f64,
}

impl Sub for Bill {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            reads: self.reads - before.reads,
            writes: self.writes - before.writes,
            read_units: self.read_units - before.read_units,
            write_units: self.write_units - before.write_units,
        }
    }
}

impl fmt::Display for Bill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reads, writes, read_units, write_units } = self;
        write!(f, "{reads} | {read_units} | {writes} | {write_units}")
    }
}

/// Counts the requests of a client and their capacity units.
#[derive(Clone, Default)]
pub struct Meter(Arc<Mutex<Bill>>);

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meter")
    }
}

impl Meter {
    /// Returns the cost so far.
    #[must_use]
    pub fn bill(&self) -> Bill {
        *self.0.lock().unwrap()
    }

    fn add<'a>(&self, writes: bool, charged: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        let units: f64 = charged.into_iter().filter_map(ConsumedCapacity::capacity_units).sum();
        let mut bill = self.0.lock().unwrap();
        if writes {
            bill.write_units += units;
        } else {
            bill.read_units += units;
        }
    }
}

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
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
                    input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
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

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let target = context.request().headers().get("x-amz-target").unwrap_or_default();
        let mut bill = self.0.lock().unwrap();
        if ["GetItem", "BatchGetItem", "Query", "TransactGetItems"].iter().any(|read| target.ends_with(read)) {
            bill.reads += 1;
        } else {
            bill.writes += 1;
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(Ok(output)) = context.output_or_error() else { return Ok(()) };
        macro_rules! count {
            ($($output:ty, $writes:literal);+) => {
                $(if let Some(output) = output.downcast_ref::<$output>() {
                    self.add($writes, &output.consumed_capacity);
                })+
            };
            (lists $($output:ty, $writes:literal);+) => {
                $(if let Some(output) = output.downcast_ref::<$output>() {
                    self.add($writes, output.consumed_capacity.iter().flatten());
                })+
            };
        }
        count!(GetItemOutput, false; QueryOutput, false; UpdateItemOutput, true);
        count!(lists BatchGetItemOutput, false; TransactGetItemsOutput, false; TransactWriteItemsOutput, true);
        Ok(())
    }
}
