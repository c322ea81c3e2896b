"""The tables that Athena queries: that it finds them, where their data lie, and reads these in the form in which they are written."""

import pytest
from machine import night
from templates import ACCOUNT

FACTS, EXPORT, EXPORTS = night("cinema-table", "Europe/Vienna")
HIVE = "org.apache.hadoop.hive.ql.io"
PARQUET = (
    f"{HIVE}.parquet.MapredParquetInputFormat",
    f"{HIVE}.parquet.MapredParquetOutputFormat",
    f"{HIVE}.parquet.serde.ParquetHiveSerDe",
)
JSON = (
    "org.apache.hadoop.mapred.TextInputFormat",
    f"{HIVE}.HiveIgnoreKeyTextOutputFormat",
    "org.openx.data.jsonserde.JsonSerDe",
)
WRITTEN = {"items": JSON}
"""What is not written by an UNLOAD, which the queries do as Parquet."""
TABLES = [
    (stack, made["Properties"]) for stack in (FACTS, EXPORTS) for made in stack.of_type("AWS::Glue::Table").values()
]


def named(properties):
    return properties["TableInput"]["Name"]


@pytest.mark.parametrize(("stack", "table"), TABLES, ids=lambda value: named(value) if isinstance(value, dict) else "")
def test_a_table_is_one_of_its_database_and_reads_what_is_written(stack, table):
    assert (table["CatalogId"], table["DatabaseName"]) == (ACCOUNT, f"<{stack.label}.Database>")
    shape = table["TableInput"]
    assert shape["TableType"] == "EXTERNAL_TABLE"
    storage = shape["StorageDescriptor"]
    form = (storage["InputFormat"], storage["OutputFormat"], storage["SerdeInfo"]["SerializationLibrary"])
    assert form == WRITTEN.get(named(table), PARQUET)


@pytest.mark.parametrize(("stack", "table"), TABLES, ids=lambda value: named(value) if isinstance(value, dict) else "")
def test_partitions_are_known_by_their_names_alone(stack, table):
    shape = table["TableInput"]
    (partition,) = (column["Name"] for column in shape["PartitionKeys"])
    parameters = shape["Parameters"]
    assert parameters["projection.enabled"] == "true"
    kind = {"snapshot": "date", "export_id": "injected"}[partition]
    assert parameters[f"projection.{partition}.type"] == kind
    ((bucket, _),) = stack.of_type("AWS::S3::Bucket").items()
    where = shape["StorageDescriptor"]["Location"]
    assert where.startswith(f"s3://<{stack.label}.{bucket}>/") and where.endswith("/")
    place = parameters["storage.location.template"]
    assert place.startswith(where) and place.endswith("/") and f"/${{{partition}}}/" in place


@pytest.mark.parametrize("stack", [FACTS, EXPORTS])
def test_a_database_has_a_name_that_athena_takes_and_no_other_stack_has(stack):
    database = stack.one("AWS::Glue::Database")
    name = database["DatabaseInput"]["Name"]
    assert database["CatalogId"] == ACCOUNT
    assert name.replace("_", "").isalnum() and name == name.lower()
    assert name.split("_")[1] in stack.pseudo["AWS::StackId"]


def test_queries_run_in_the_workgroup_of_the_installation():
    workgroup = FACTS.one("AWS::Athena::WorkGroup")
    assert workgroup["Name"] == "cinema"
    # Else the stack cannot be deleted once somebody has queried.
    assert workgroup["RecursiveDeleteOption"] is True
    settings = workgroup["WorkGroupConfiguration"]
    assert settings["ResultConfiguration"]["ExpectedBucketOwner"] == ACCOUNT
    assert settings["EngineVersion"]["SelectedEngineVersion"] == "Athena engine version 3"
