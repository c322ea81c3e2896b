"""The table of the template and that of `ticketly table create` are the same table."""

import pytest
from cinema import aws as at
from cinema import engine, make_table, ticketly
from deployment import Aws
from makers import create_table
from readers import table
from templates import installation

OTHER_IN_EACH = {
    "TableName", "TableArn", "TableId", "IndexArn", "CreationDateTime", "LastUpdateToPayPerRequestDateTime",
    "ItemCount", "TableSizeBytes", "IndexSizeBytes", "LatestStreamArn",
}  # fmt: skip
"""What two tables never have in common, or what is counted."""


def description(aws, name):
    """All that a service says of a table but for names, times and counts; of sets, in order."""

    def kept(value):
        if isinstance(value, dict):
            return {key: kept(inner) for key, inner in value.items() if key not in OTHER_IN_EACH}
        if isinstance(value, list):
            return sorted((kept(inner) for inner in value), key=repr)
        return value

    return kept(aws.dynamodb.describe_table(TableName=name)["Table"])


def by_program(aws):
    """The table that the program makes. Returns its name."""
    make_table(aws.settings["endpoint_url"], "by-program")
    return "by-program"


def but_for_the_name(told):
    return {key: value for key, value in told.items() if key != "TableName"}


@pytest.fixture(scope="module")
def on_engine():
    properties = installation().parts["Data"].one("AWS::DynamoDB::Table")
    with engine() as endpoint:
        aws = Aws(endpoint)
        create_table(aws, properties)
        yield aws, properties["TableName"], by_program(aws)


@pytest.fixture(scope="module")
def deployed(deployment):
    return deployment.aws, deployment.outputs["Table"], by_program(deployment.aws)


def test_on_an_engine_both_are_described_alike(on_engine):
    aws, templates, programs = on_engine
    assert description(aws, templates) == description(aws, programs)
    assert but_for_the_name(table(aws.dynamodb, templates)) == but_for_the_name(table(aws.dynamodb, programs))


def test_a_deployed_table_equals_the_programs_table(deployed):
    aws, templates, programs = deployed
    assert description(aws, templates) == description(aws, programs)
    told = table(aws.dynamodb, templates)
    assert but_for_the_name(told) == but_for_the_name(table(aws.dynamodb, programs))
    assert told["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert told["DeletionProtectionEnabled"] is True
    assert told["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}


def test_an_engine_and_the_deployment_tell_the_same_of_it(on_engine, deployed):
    told, wanted = table(on_engine[0].dynamodb, on_engine[1]), table(deployed[0].dynamodb, deployed[1])
    # An engine on this machine may not know recovery.
    assert told == {key: wanted[key] for key in told}
    assert set(wanted) - set(told) <= {"PointInTimeRecoverySpecification"}


def test_the_program_finds_the_deployed_table_to_be_its_own(deployed):
    aws, templates, _ = deployed
    settings = at(aws.settings["endpoint_url"])
    # Nothing but its first use makes it ours.
    ticketly(settings, "key", "list", "--store", f"dynamodb:{templates}")
    told = ticketly(settings, "table", "describe", templates)
    for line in ("on demand               yes", "deletion protection     yes", "point-in-time recovery  yes"):
        assert line in told
