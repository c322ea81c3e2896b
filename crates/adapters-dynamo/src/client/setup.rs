//! Creates, checks and describes the table.

use std::fmt;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata};
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    PointInTimeRecoverySpecification, Projection, ProjectionType, ScalarAttributeType, TableDescription, TableStatus,
    TimeToLiveSpecification,
};
use tokio::time::sleep;

use crate::client::error::OpenError;
use crate::client::layout::{self, Stamp};
use crate::client::table::Index;

/// The attribute by which the engine deletes idempotency records.
const EXPIRES: &str = "expires";
/// The most checks, and the pause between two, until a new table can be used.
const POLLS: u32 = 120;
const POLL: Duration = Duration::from_millis(500);

/// The description of a table.
#[derive(Debug)]
pub struct Description {
    /// The name.
    pub table: String,
    /// The version of the layout.
    pub version: u32,
    /// The oldest program that may use the table, by the newest layout that the program supports.
    pub oldest_reader: u32,
    /// The number of items. The engine counts them every six hours.
    pub items: i64,
    /// The size of the items in bytes, counted as rarely.
    pub bytes: i64,
    /// Whether requests are billed on demand.
    pub on_demand: bool,
    /// Whether the table is protected from deletion.
    pub deletion_protection: bool,
    /// Whether the table can be restored to any second of the last weeks. `None` if the engine does not report it.
    pub point_in_time_recovery: Option<bool>,
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yes = |yes| if yes { "yes" } else { "no" };
        writeln!(f, "table                   {}", self.table)?;
        writeln!(f, "layout version          {}", self.version)?;
        writeln!(f, "oldest reader           {}", self.oldest_reader)?;
        writeln!(f, "items                   {} ({} bytes), as last counted by the engine", self.items, self.bytes)?;
        writeln!(f, "on demand               {}", yes(self.on_demand))?;
        writeln!(f, "deletion protection     {}", yes(self.deletion_protection))?;
        write!(f, "point-in-time recovery  {}", self.point_in_time_recovery.map_or("unknown", yes))
    }
}

/// Creates a table with its indexes, and waits until it can be used. A table that exists, such as a restored one, is
/// checked and completed.
pub async fn create(client: &Client, table: &str) -> Result<(), OpenError> {
    let request = table_request(client, table).map_err(|error| OpenError::broken(table, error))?;
    match request.send().await {
        Ok(_) => {}
        Err(error) if error.code() == Some("ResourceInUseException") => {}
        Err(error) => return Err(OpenError::of(table, &error)),
    }
    let found = wait(client, table).await?;
    if found.deletion_protection_enabled() != Some(true) {
        let request = client.update_table().table_name(table).deletion_protection_enabled(true);
        request.send().await.map_err(|error| OpenError::of(table, &error))?;
        wait(client, table).await?;
    }
    let to_live = TimeToLiveSpecification::builder().attribute_name(EXPIRES).enabled(true).build();
    let to_live = to_live.map_err(|error| OpenError::broken(table, error))?;
    match client.update_time_to_live().table_name(table).time_to_live_specification(to_live).send().await {
        // Refused when it is already enabled.
        Err(error) if error.code() != Some("ValidationException") => return Err(OpenError::of(table, &error)),
        _ => {}
    }
    let recovery = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true).build();
    let recovery = recovery.map_err(|error| OpenError::broken(table, error))?;
    let request = client.update_continuous_backups().table_name(table);
    match request.point_in_time_recovery_specification(recovery).send().await {
        Err(error) if !is_unknown(&error) => return Err(OpenError::of(table, &error)),
        _ => {}
    }
    layout::record(client, table).await.map(drop)
}

/// Checks that a table is Ticketly's and that this program can write it. A table that was created in another way, such
/// as by a template, gets its layout version when it is first opened.
pub(crate) async fn claim(client: &Client, table: &str) -> Result<Stamp, OpenError> {
    let stamp = if let Some(found) = layout::find(client, table).await? {
        found
    } else {
        described(client, table).await?;
        layout::record(client, table).await?
    };
    layout::writable(table, stamp)
}

/// Checks that a table is Ticketly's and that this program can read it. Changes nothing in it.
pub(crate) async fn recognize(client: &Client, table: &str) -> Result<Stamp, OpenError> {
    recognize_keys(client, table).await?;
    layout::require(client, table).await
}

/// Checks that a table has the keys and indexes of Ticketly.
pub(crate) async fn recognize_keys(client: &Client, table: &str) -> Result<(), OpenError> {
    described(client, table).await.map(drop)
}

/// Returns whether the engine, such as a local one, does not implement an operation.
fn is_unknown(error: &impl ProvideErrorMetadata) -> bool {
    matches!(error.code(), Some("UnknownOperationException"))
}

fn table_request(client: &Client, table: &str) -> Result<CreateTableFluentBuilder, BuildError> {
    let mut request = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .deletion_protection_enabled(true);
    for attribute in ["pk", "sk", "g1pk", "g1sk", "g2pk", "g2sk"] {
        let definition = AttributeDefinition::builder().attribute_name(attribute);
        request = request.attribute_definitions(definition.attribute_type(ScalarAttributeType::S).build()?);
    }
    for key in keys("pk", "sk")? {
        request = request.key_schema(key);
    }
    for (index, pk, sk) in [(Index::USERS, "g1pk", "g1sk"), (Index::DUE, "g2pk", "g2sk")] {
        let projection = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
        let index = GlobalSecondaryIndex::builder().index_name(index).projection(projection);
        request = request.global_secondary_indexes(index.set_key_schema(Some(keys(pk, sk)?)).build()?);
    }
    Ok(request)
}

fn keys(pk: &str, sk: &str) -> Result<Vec<KeySchemaElement>, BuildError> {
    let key = |name, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    Ok(vec![key(pk, KeyType::Hash)?, key(sk, KeyType::Range)?])
}

async fn wait(client: &Client, table: &str) -> Result<TableDescription, OpenError> {
    for _ in 0..POLLS {
        let found = described(client, table).await?;
        if found.table_status() == Some(&TableStatus::Active) {
            return Ok(found);
        }
        sleep(POLL).await;
    }
    Err(OpenError::broken(table, "it did not become active"))
}

/// Returns the description of the engine, if the table has the keys and indexes of Ticketly.
async fn described(client: &Client, table: &str) -> Result<TableDescription, OpenError> {
    let answer = client.describe_table().table_name(table).send().await;
    let answer = answer.map_err(|error| OpenError::of(table, &error))?;
    let found = answer.table.ok_or_else(|| OpenError::broken(table, "the engine returned no description"))?;
    let not_ours = |what| OpenError::NotOurs { table: table.to_owned(), what };
    let is = |found: &[KeySchemaElement], pk: &str, sk: &str| {
        found.iter().map(KeySchemaElement::attribute_name).collect::<Vec<_>>() == [pk, sk]
    };
    if !is(found.key_schema(), "pk", "sk") {
        return Err(not_ours("its keys are not pk and sk"));
    }
    for (index, pk, sk) in [(Index::USERS, "g1pk", "g1sk"), (Index::DUE, "g2pk", "g2sk")] {
        let mut indexes = found.global_secondary_indexes().iter();
        if !indexes.any(|found| found.index_name() == Some(index) && is(found.key_schema(), pk, sk)) {
            return Err(not_ours("it lacks the index users or due"));
        }
    }
    Ok(found)
}

/// Describes a table.
///
/// # Errors
///
/// Refuses a table that is missing, that is not a table of Ticketly, or whose layout this program may not use.
pub async fn describe(client: &Client, table: &str) -> Result<Description, OpenError> {
    let found = described(client, table).await?;
    let Stamp { version, oldest_reader, .. } = layout::require(client, table).await?;
    let backups = match client.describe_continuous_backups().table_name(table).send().await {
        Ok(answer) => answer.continuous_backups_description,
        Err(error) if is_unknown(&error) => None,
        Err(error) => return Err(OpenError::of(table, &error)),
    };
    let recovery = backups.and_then(|backups| backups.point_in_time_recovery_description);
    let recovery = recovery.and_then(|recovery| recovery.point_in_time_recovery_status);
    let billing = found.billing_mode_summary().and_then(|summary| summary.billing_mode());
    Ok(Description {
        table: table.to_owned(),
        version,
        oldest_reader,
        items: found.item_count().unwrap_or_default(),
        bytes: found.table_size_bytes().unwrap_or_default(),
        on_demand: billing == Some(&BillingMode::PayPerRequest),
        deletion_protection: found.deletion_protection_enabled().unwrap_or_default(),
        point_in_time_recovery: recovery.map(|status| status.as_str() == "ENABLED"),
    })
}
