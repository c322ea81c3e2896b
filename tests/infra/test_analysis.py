"""The nightly export and the analysts' tables: who may do what, how long anything is kept, and how a night goes."""

import re
from datetime import datetime

import botocore.session
import pytest
from botocore.validate import ParamValidator
from machine import Run, night, targets
from policies import allows, bucket, statements, trusted
from templates import ACCOUNT, arn

FACTS, EXPORT, EXPORTS = night("cinema-table", "Europe/Vienna")
MACHINE = EXPORT.one("AWS::StepFunctions::StateMachine")["Definition"]
RAW, KEPT = bucket("<Raw.Exports>"), bucket("<Analyses.Facts>")
EXPORTING = ("PutObject", "PutObjectAcl", "AbortMultipartUpload")
RUNNING = ("Start", "Get", "Stop")
LISTING = ("GetBucketLocation", "ListBucket", "ListBucketMultipartUploads")
WRITING = ("PutObject", "GetObject", "AbortMultipartUpload", "ListMultipartUploadParts")
CATALOG = ("catalog", "database/<Raw.Database>", *(f"table/<Raw.Database>/{name}" for name in ("items", "places")))
DONE = {"ExportDescription": {"ExportStatus": "COMPLETED"}}


def kept(stack):
    """The bucket of a part."""
    return stack.one("AWS::S3::Bucket")


def granted(stack, key):
    """Pairs of actions and resources."""
    for one in statements(stack, key):
        assert one["Effect"] == "Allow"
        yield tuple([part] if isinstance(part, str) else part for part in (one["Action"], one["Resource"]))


def nightly(export=None, describe=lambda wanted: DONE, query=lambda wanted: {}):
    """A night on services that do as they are told; the run, and every call with its arguments."""
    calls = []

    def called(service, do):
        return lambda wanted: (calls.append((service, wanted)), do(wanted))[1]

    started = {"ExportDescription": {"ExportArn": arn("dynamodb", "table/cinema-table/export/0189-0a")}}
    services = {
        "aws-sdk:dynamodb:exportTableToPointInTime": export or (lambda wanted: started),
        "aws-sdk:dynamodb:describeExport": describe,
        "athena:startQueryExecution.sync": query,
    }
    return Run(MACHINE, {service: called(service, do) for service, do in services.items()}), calls


@pytest.mark.parametrize("stack", [FACTS, EXPORTS])
def test_buckets_are_private_encrypted_and_outlast_the_stack(stack):
    properties = kept(stack)
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    ((key, made),) = stack.of_type("AWS::S3::Bucket").items()
    assert (made["DeletionPolicy"], made["UpdateReplacePolicy"]) == ("Retain", "Retain")
    policy = stack.one("AWS::S3::BucketPolicy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    whole = bucket(f"<{stack.label}.{key}>")
    assert policy["Bucket"] == f"<{stack.label}.{key}>"
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Resource"] == [whole, f"{whole}/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize(("stack", "days"), [(FACTS, 3), (EXPORTS, 1)])
def test_everything_is_forgotten_within_days(stack, days):
    (rule,) = kept(stack)["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", days)
    assert not {"Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan"} & rule.keys()
    assert "VersioningConfiguration" not in kept(stack), "old versions would outlast the rule"


def test_no_column_of_the_export_tells_who_somebody_is():
    (column,) = EXPORTS.resources["Items"]["Properties"]["TableInput"]["StorageDescriptor"]["Columns"]
    read = set(re.findall(r"(\w+):struct", column["Type"]))
    assert read == set(re.findall(r"item\.(\w+)\.", repr(MACHINE))), "no attribute is read that is not used"
    assert not read & {"name", "phone", "g1pk", "g1sk", "g2sk", "secret", "digest", "about"}


IN_A_WORKGROUP = [
    "GetWorkGroup",
    "StartQueryExecution",
    "StopQueryExecution",
    "GetQueryExecution",
    "BatchGetQueryExecution",
]
IN_A_WORKGROUP += ["ListQueryExecutions", "GetQueryResults", "GetQueryResultsStream"]
IN_A_WORKGROUP += ["ListNamedQueries", "GetNamedQuery", "BatchGetNamedQuery"]
IN_A_CATALOG = ["GetDataCatalog", "ListDatabases", "GetDatabase", "ListTableMetadata", "GetTableMetadata"]


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        *((f"athena:{action}", arn("athena", "workgroup/<Analyses.Workgroup>")) for action in IN_A_WORKGROUP),
        *((f"athena:{action}", arn("athena", "datacatalog/AwsDataCatalog")) for action in IN_A_CATALOG),
        *((f"athena:{action}", "any") for action in ("ListWorkGroups", "ListDataCatalogs")),
        *((f"s3:{action}", KEPT) for action in ("GetBucketLocation", "ListBucket")),
        *((f"s3:{action}", f"{KEPT}/results/answer.csv") for action in WRITING),
        *(("glue:GetDatabase", arn("glue", f"database/{name}")) for name in ("default", "<Analyses.Database>")),
        *(
            (f"glue:{action}", arn("glue", place))
            for action in ("GetDatabases", "GetTable", "GetTables", "GetPartitions")
            for place in ("catalog", "database/<Analyses.Database>", "table/<Analyses.Database>/seats")
        ),
        ("s3:GetObject", f"{KEPT}/facts/slots/2030-03-01-15/part"),
        ("athena:StartQueryExecution", arn("athena", "workgroup/<Analyses.Workgroup>")),
        ("athena:GetNamedQuery", arn("athena", "workgroup/<Analyses.Workgroup>")),
        ("glue:GetTable", arn("glue", "table/<Analyses.Database>/bookings")),
    ],
)
def test_analysts_may_query_the_facts(action, resource):
    assert allows(FACTS, "Analysts", action, resource)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", f"{RAW}/raw/AWSDynamoDB/0189-0a/data/part.json.gz"),
        ("s3:GetObject", f"{RAW}/places/0189-0a/part"),
        ("s3:ListBucket", RAW),
        ("s3:PutObject", f"{KEPT}/facts/slots/2030-03-01-15/part"),
        ("s3:DeleteObject", f"{KEPT}/facts/slots/2030-03-01-15/part"),
        ("glue:GetTable", arn("glue", "table/<Raw.Database>/items")),
        ("glue:GetDatabase", arn("glue", "database/<Raw.Database>")),
        ("glue:UpdateTable", arn("glue", "table/<Analyses.Database>/bookings")),
        ("athena:StartQueryExecution", arn("athena", "workgroup/primary")),
        ("athena:UpdateWorkGroup", arn("athena", "workgroup/<Analyses.Workgroup>")),
        ("dynamodb:Scan", arn("dynamodb", "table/cinema-table")),
        ("states:StartExecution", "<Export.NightlyExport>"),
    ],
)
def test_analysts_may_do_nothing_else(action, resource):
    assert not allows(FACTS, "Analysts", action, resource)


def test_roles_are_allowed_nothing_by_a_wildcard():
    for stack, key in [(FACTS, "Analysts"), (EXPORT, "ExportRole"), (EXPORT, "ScheduleRole")]:
        for actions, resources in granted(stack, key):
            assert not any("*" in action for action in actions)
            assert "*" not in resources or all(":List" in action for action in actions), actions


NEEDED = {
    "aws-sdk:dynamodb:exportTableToPointInTime": [
        ("dynamodb:ExportTableToPointInTime", arn("dynamodb", "table/cinema-table")),
        *((f"s3:{action}", f"{RAW}/raw/AWSDynamoDB/0189-0a/data/part") for action in EXPORTING),
    ],
    "aws-sdk:dynamodb:describeExport": [
        ("dynamodb:DescribeExport", arn("dynamodb", "table/cinema-table/export/0189-0a"))
    ],
    "athena:startQueryExecution.sync": [
        *((f"athena:{action}QueryExecution", arn("athena", "workgroup/<Analyses.Workgroup>")) for action in RUNNING),
        ("athena:GetDataCatalog", arn("athena", "datacatalog/AwsDataCatalog")),
        *(("glue:GetDatabase", arn("glue", f"database/{name}")) for name in ("default", "<Raw.Database>")),
        *(("glue:GetTable", arn("glue", f"{name}")) for name in CATALOG),
        *(("glue:GetPartitions", arn("glue", f"{name}")) for name in CATALOG),
        *((f"s3:{action}", place) for action in LISTING for place in (RAW, KEPT)),
        ("s3:GetObject", f"{RAW}/raw/AWSDynamoDB/0189-0a/data/part.json.gz"),
        *((f"s3:{action}", f"{KEPT}/facts/slots/2030-03-01-15/part") for action in WRITING),
        *((f"s3:{action}", f"{RAW}/places/0189-0a/part") for action in WRITING),
        *((f"s3:{action}", f"{KEPT}/results/tables/manifest.csv") for action in WRITING),
    ],
}
"""What AWS documents that each task of the state machine needs, with what it is done to here."""


def test_the_export_role_can_do_each_task_of_the_night():
    tasks = {state["Resource"].split(":states:::")[1] for state in MACHINE["States"].values() if "Resource" in state}
    assert tasks == set(NEEDED)
    for needed in NEEDED.values():
        for action, resource in needed:
            assert allows(EXPORT, "ExportRole", action, resource), (action, resource)


def test_a_night_may_take_hours():
    properties = EXPORT.one("AWS::StepFunctions::StateMachine")
    assert properties["RoleArn"] == "<Export.ExportRole.Arn>"
    # An express one ends after five minutes, and cannot wait for a query.
    assert properties["StateMachineType"] == "STANDARD"
    assert 2 * 3600 <= MACHINE["TimeoutSeconds"] <= 12 * 3600


def test_the_export_role_neither_reads_nor_deletes():
    table = arn("dynamodb", "table/cinema-table")
    assert allows(EXPORT, "ExportRole", "dynamodb:ExportTableToPointInTime", table)
    assert allows(EXPORT, "ExportRole", "dynamodb:DescribeExport", f"{table}/export/0189-0a")
    actions = {action for actions, _ in granted(EXPORT, "ExportRole") for action in actions}
    assert {action for action in actions if action.startswith("dynamodb:")} == {
        "dynamodb:ExportTableToPointInTime",
        "dynamodb:DescribeExport",
    }
    assert not [action for action in actions if re.search("Delete|Create|Update", action)]
    assert allows(EXPORT, "ExportRole", "s3:PutObject", f"{KEPT}/facts/slots/2030-03-01-15/part")
    assert allows(EXPORT, "ExportRole", "s3:GetObject", f"{RAW}/raw/AWSDynamoDB/0189-0a/data/part.json.gz")
    assert not allows(EXPORT, "ExportRole", "dynamodb:ExportTableToPointInTime", f"{table}-other")


def test_the_schedule_may_only_start_the_nightly_export():
    schedule = EXPORT.one("AWS::Scheduler::Schedule")
    assert schedule.get("State", "ENABLED") == "ENABLED"
    minute, hour, *days = re.fullmatch(r"cron\((.*)\)", schedule["ScheduleExpression"])[1].split()
    assert (minute.isdigit(), int(hour) < 7, days) == (True, True, ["*", "*", "?", "*"])
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Vienna"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    tried = schedule["Target"]["RetryPolicy"]
    assert tried["MaximumRetryAttempts"] > 0 and 600 <= tried["MaximumEventAgeInSeconds"] <= 3 * 3600
    assert schedule["Target"]["Arn"] == EXPORT.outputs["NightlyExport"] == "<Export.NightlyExport>"
    assert schedule["Target"]["RoleArn"] == "<Export.ScheduleRole.Arn>"
    assert list(granted(EXPORT, "ScheduleRole")) == [(["states:StartExecution"], ["<Export.NightlyExport>"])]


@pytest.mark.parametrize(
    ("stack", "key", "service"), [(EXPORT, "ExportRole", "states"), (EXPORT, "ScheduleRole", "scheduler")]
)
def test_only_services_for_this_account_assume_the_roles(stack, key, service):
    assert trusted(stack, key) == (
        {"Service": f"{service}.amazonaws.com"},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    )


def test_queries_are_bounded_and_their_answers_are_encrypted():
    settings = FACTS.one("AWS::Athena::WorkGroup")["WorkGroupConfiguration"]
    assert settings["EnforceWorkGroupConfiguration"] is True
    # An export of a few million bookings must come through.
    assert 10**9 <= settings["BytesScannedCutoffPerQuery"] <= 10**10
    assert settings["ResultConfiguration"]["OutputLocation"] == "s3://<Analyses.Facts>/results/"
    assert settings["ResultConfiguration"]["EncryptionConfiguration"] == {"EncryptionOption": "SSE_S3"}
    for query in FACTS.of_type("AWS::Athena::NamedQuery").values():
        assert query["Properties"]["WorkGroup"] == FACTS.outputs["Workgroup"]
        assert query["Properties"]["Database"] == "<Analyses.Database>"


def test_the_export_is_of_this_table_into_the_bucket_that_is_forgotten():
    _, calls = nightly()
    (wanted,) = [wanted for service, wanted in calls if service.endswith("exportTableToPointInTime")]
    assert wanted["TableArn"] == arn("dynamodb", "table/cinema-table")
    assert (wanted["S3Bucket"], wanted["S3BucketOwner"]) == ("<Raw.Exports>", ACCOUNT)
    assert wanted["S3SseAlgorithm"] == "AES256" and wanted["ExportFormat"] == "DYNAMODB_JSON"
    # So that a repeated request begins no second export.
    assert wanted["ClientToken"] == "run-1"


def test_every_state_leads_to_an_end():
    states = MACHINE["States"]
    reached, waiting = set(), [MACHINE["StartAt"]]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting += set(targets(states[name])) - reached
        ends = states[name].get("End") or states[name]["Type"] in ("Fail", "Succeed")
        assert bool(targets(states[name])) != bool(ends), f"{name} goes on or ends"
    assert reached == states.keys()


def test_a_night_waits_for_the_export_and_then_writes_both_facts():
    answers = iter(["IN_PROGRESS", "IN_PROGRESS", "COMPLETED"])
    run, calls = nightly(describe=lambda wanted: {"ExportDescription": {"ExportStatus": next(answers)}})
    assert (run.ended, run.waited) == ("Succeeded", 180)
    queries = [wanted for service, wanted in calls if service.startswith("athena:")]
    assert [re.search(r"TO 's3://[^/]+/(?:facts/)?(\w+)/", query["QueryString"])[1] for query in queries] == [
        "places",
        "slots",
        "bookings",
        "sales",
        "seats",
    ]
    for query in queries:
        assert "export_id = '0189-0a'" in query["QueryString"]
        assert (query["WorkGroup"], query["QueryExecutionContext"]) == (
            "<Analyses.Workgroup>",
            {"Database": "<Raw.Database>"},
        )


def test_a_query_reads_the_export_once():
    """The workgroup ends one that reads 10 GB."""
    run, calls = nightly()
    queries = [wanted["QueryString"] for service, wanted in calls if service.startswith("athena:")]
    assert [query.count("FROM items") for query in queries] == [1] * 5
    # An injected partition must be named wherever its table is read.
    for query in queries:
        assert query.count("export_id = '0189-0a'") == query.count("FROM items") + query.count("FROM places")
    assert sorted(query.count("FROM places") for query in queries) == [0, 0, 0, 2, 2]
    assert all(len(query) < 200_000 for query in queries)


def test_calls_of_services_fit_their_interfaces():
    run, calls = nightly()
    assert len(calls) == 7
    for service, wanted in calls:
        name, operation = service.removesuffix(".sync").removeprefix("aws-sdk:").split(":")
        model = botocore.session.get_session().get_service_model(name)
        operation = operation[0].upper() + operation[1:]
        report = ParamValidator().validate(wanted, model.operation_model(operation).input_shape)
        assert not report.has_errors(), report.generate_report()


def test_nothing_is_written_of_an_export_that_failed():
    run, calls = nightly(describe=lambda wanted: {"ExportDescription": {"ExportStatus": "FAILED"}})
    assert run.ended == "Failed"
    assert not [service for service, _ in calls if service.startswith("athena:")]


def test_a_night_does_not_wait_for_ever():
    run, calls = nightly(describe=lambda wanted: {"ExportDescription": {"ExportStatus": "IN_PROGRESS"}})
    assert run.ended == "TimedOut"
    assert run.waited <= 12 * 3600


def test_transient_errors_are_retried_but_no_query_that_wrote():
    for name, state in MACHINE["States"].items():
        if state["Type"] == "Task":
            (retry,) = state["Retry"]
            assert retry["MaxAttempts"] >= 2 and retry["BackoffRate"] >= 2
            if ":athena:" in state["Resource"]:
                assert not {"States.TaskFailed", "States.ALL"} & set(retry["ErrorEquals"]), name


def test_tables_know_every_snapshot_that_is_kept():
    run, _ = nightly()
    (rule,) = kept(FACTS)["LifecycleConfiguration"]["Rules"]
    for made in FACTS.of_type("AWS::Glue::Table").values():
        settings = made["Properties"]["TableInput"]["Parameters"]
        assert settings["projection.snapshot.format"] == "yyyy-MM-dd-HH"
        assert datetime.strptime(run.variables["snapshot"], "%Y-%m-%d-%H") == datetime(2030, 3, 1, 15)
        assert settings["projection.snapshot.interval"] == "1"
        assert settings["projection.snapshot.interval.unit"] == "HOURS"
        days = re.fullmatch(r"NOW-(\d+)DAYS,NOW", settings["projection.snapshot.range"])[1]
        assert int(days) > rule["ExpirationInDays"]
