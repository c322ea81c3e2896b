"""Athena in a folder: tables with the columns that the Glue tables declare, and queries by DuckDB.

The queries are Athena's, and are translated; the data come as an export of DynamoDB leaves them.
"""

import base64
import gzip
import json
import re

import boto3
import duckdb
import sqlglot
from machine import Run
from sqlglot import exp

TYPES = {"string": "VARCHAR", "bigint": "BIGINT", "timestamp": "TIMESTAMP", "date": "DATE"}


def scanned(endpoint, table):
    """All items of a table, each attribute with its type."""
    client = boto3.client(
        "dynamodb", "eu-central-1", endpoint_url=endpoint, aws_access_key_id="local", aws_secret_access_key="local"
    )
    return [item for page in client.get_paginator("scan").paginate(TableName=table) for item in page["Items"]]


def write_export(items, folder):
    """Writes items as DynamoDB exports them: a JSON object a line, bytes in base 64, compressed."""
    folder.mkdir(parents=True)
    for part in range(2):
        with gzip.open(folder / f"{part}.json.gz", "wt") as file:
            for item in items[part::2]:
                print(json.dumps({"Item": item}, default=lambda data: base64.b64encode(data).decode()), file=file)


def duck_type(glue):
    """A Glue type as DuckDB writes it."""
    if not (struct := re.fullmatch(r"struct<(.*)>", glue)):
        return TYPES[glue]
    fields, depth, start = [], 0, 0
    for place, character in enumerate(struct[1] + ","):
        depth += {"<": 1, ">": -1}.get(character, 0)
        if character == "," and depth == 0:
            name, kind = struct[1][start:place].split(":", 1)
            fields.append(f'"{name}" {duck_type(kind)}')
            start = place + 1
    return f"STRUCT({', '.join(fields)})"


_DIGIT = "strpos('0123456789ABCDEF', substr(text, {}, 1)) - 1"
_VALUE = "((({}) * 16 + {}) * 16 + {}) * 16 + {}".format(*(_DIGIT.format(at) for at in range(1, 5)))
"""The value of four hexadecimal digits, for which DuckDB has no function."""

EXPORT_ID = "01893456007123-0a1b2c3d"


class Lake:
    """The tables, as their Glue definitions declare them, and what lies in the buckets."""

    def __init__(self, tables, folder):
        self.tables = tables
        self.folder = folder
        self.database = duckdb.connect()
        self.database.execute(f"CREATE MACRO from_base(text, base) AS {_VALUE}")
        for table in tables:
            columns = table["StorageDescriptor"]["Columns"] + table["PartitionKeys"]
            declared = ", ".join(f'"{column["Name"]}" {duck_type(column["Type"])}' for column in columns)
            self.database.execute(f"CREATE TABLE {table['Name']} ({declared})")

    @classmethod
    def of(cls, stacks, folder):
        """A lake with the tables of these stacks."""
        declared = [made for stack in stacks for made in stack.of_type("AWS::Glue::Table").values()]
        return cls([made["Properties"]["TableInput"] for made in declared], folder)

    def pass_a_night(self, definition, items):
        """Runs the state machine of this definition, on an export of these items."""

        def export(wanted):
            assert wanted["ExportFormat"] == "DYNAMODB_JSON", "as the items are written here, and read"
            place = self.folder / wanted["S3Bucket"] / wanted["S3Prefix"] / "AWSDynamoDB" / EXPORT_ID / "data"
            write_export(items, place)
            return {"ExportDescription": {"ExportArn": f"{wanted['TableArn']}/export/{EXPORT_ID}"}}

        def describe(wanted):
            self.load_export(wanted["ExportArn"].split("/")[-1])
            return {"ExportDescription": {"ExportStatus": "COMPLETED"}}

        tasks = {
            "aws-sdk:dynamodb:exportTableToPointInTime": export,
            "aws-sdk:dynamodb:describeExport": describe,
            "athena:startQueryExecution.sync": lambda wanted: self.unload(wanted["QueryString"]) or {},
        }
        run = Run(definition, tasks)
        assert run.ended == "Succeeded", run.visited

    def load_export(self, export_id):
        """Makes the rows of an export as Athena's JSON reader does: names in lower case, and the declared ones only."""
        (items,) = (table for table in self.tables if table["Name"] == "items")
        place = items["Parameters"]["storage.location.template"].replace("${export_id}", export_id)
        plain = self.folder / "lowered.json"
        with plain.open("w") as lowered:
            for file in sorted((self.folder / place.removeprefix("s3://")).iterdir()):
                for line in gzip.open(file, "rt"):
                    print(json.dumps(json.loads(line, object_hook=_lowered)), file=lowered)
        columns = {column["Name"]: duck_type(column["Type"]) for column in items["StorageDescriptor"]["Columns"]}
        rows = f"read_json('{plain}', format = 'newline_delimited', columns = {columns})"
        self.database.execute(f"INSERT INTO items SELECT *, '{export_id}' FROM {rows}")
        plain.unlink()

    def unload(self, query):
        """Does an UNLOAD: its rows become those of the table and partition whose place it writes to."""
        parts = re.fullmatch(r"UNLOAD \((.*)\) TO '(.*)' WITH \(format = 'PARQUET'\)", query, re.DOTALL)
        select, place = parts.groups()
        for table in self.tables:
            (partition,) = (column["Name"] for column in table["PartitionKeys"])
            template = re.escape(table["Parameters"]["storage.location.template"])
            if found := re.fullmatch(template.replace(re.escape(f"${{{partition}}}"), "([0-9a-z-]+)"), place):
                rows = f"SELECT *, '{found[1]}' AS {partition} FROM ({_translated(select)})"
                self.database.execute(f"INSERT INTO {table['Name']} BY NAME {rows}")
                return
        raise AssertionError(f"no table has its rows at {place}")

    def query(self, query):
        """The rows that a query finds, by the names of their columns."""
        found = self.database.execute(_translated(query))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row)) for row in found.fetchall()]


def _lowered(found):
    return {key.lower(): value for key, value in found.items()}


def _translated(query):
    return sqlglot.parse_one(query, read="athena").transform(_length_of_bytes).sql("duckdb")


def _length_of_bytes(node):
    """The length of bytes has another name in DuckDB, which the translation does not know."""
    if isinstance(node, exp.Length) and isinstance(node.this, exp.FromBase64):
        return exp.func("octet_length", node.this)
    return node
