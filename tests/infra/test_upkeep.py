"""The upkeep: that the schedules reach the two routes, with the key that may use them, and nothing else does."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from templates import ACCOUNT, Stack, arn, read

HOST = "tickets.example.org"
SECRET = arn("secretsmanager", "secret:scheduler-AbCdEf")
KINDS = {"expiry": ("/v1/expirations", 900), "archival": ("/v1/archivals", 86400)}
OPENAPI = json.loads((Path(__file__).parents[1] / "suite/snapshots/openapi.json").read_text())


@cache
def upkeep():
    return Stack("upkeep.yaml", {"Installation": "cinema", "HostName": HOST, "SchedulerKey": SECRET, "Topic": "arn"})


def by_reference(kind):
    """The properties of what is of a type, by what its ARN is referred to as."""
    return {f"<{key}.Arn>": made["Properties"] for key, made in upkeep().of_type(kind).items()}


def schedule(kind):
    return upkeep().resources[f"{kind.title()}Schedule"]["Properties"]


def matching(event):
    """The rules of the bus that an event goes to which match it, by name."""
    (bus,) = upkeep().of_type("AWS::Events::EventBus")
    assert event["bus"] == f"<{bus}.Arn>"
    found = {}
    for made in upkeep().of_type("AWS::Events::Rule").values():
        rule = made["Properties"]
        assert rule["EventBusName"] == f"<{bus}>" and rule.get("State", "ENABLED") == "ENABLED"
        if all(event[key] in allowed for key, allowed in rule["EventPattern"].items()):
            found[rule["Name"]] = rule
    return found


def rule_of(kind):
    target = schedule(kind)["Target"]
    put = target["EventBridgeParameters"]
    rules = matching({"bus": target["Arn"], "source": put["Source"], "detail-type": put["DetailType"]})
    (rule,) = rules.values()
    return rule


def call_of(kind):
    (target,) = rule_of(kind)["Targets"]
    return target


@pytest.mark.parametrize("kind", KINDS)
def test_a_schedule_ends_in_a_route_that_the_scheduler_may_call(kind):
    target = call_of(kind)
    destination = by_reference("AWS::Events::ApiDestination")[target["Arn"]]
    route, _ = KINDS[kind]
    assert destination["InvocationEndpoint"] == f"https://{HOST}{route}"
    operation = OPENAPI["paths"][route][destination["HttpMethod"].lower()]
    assert operation["security"] == [{"bearer": []}] and "scheduler" in operation["description"]
    # The body is not the event, and the route asks for none.
    assert target["Input"] == "{}" and "requestBody" not in operation


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_is_given_up_well_before_the_next_one(kind):
    count, unit = re.fullmatch(r"rate\((\d+) (minutes|day)\)", schedule(kind)["ScheduleExpression"]).groups()
    every = int(count) * {"minutes": 60, "day": 86400}[unit]
    assert every == KINDS[kind][1]
    tried = [made["RetryPolicy"] for made in (schedule(kind)["Target"], call_of(kind))]
    assert all(policy["MaximumRetryAttempts"] > 0 for policy in tried)
    assert all(policy["MaximumEventAgeInSeconds"] >= 60 for policy in tried)
    assert sum(policy["MaximumEventAgeInSeconds"] for policy in tried) < every
    assert schedule(kind).get("State", "ENABLED") == "ENABLED"


def test_the_key_is_only_referred_to_and_only_by_the_connection():
    connection = upkeep().one("AWS::Events::Connection")
    key = connection["AuthParameters"]["ApiKeyAuthParameters"]
    assert connection["AuthorizationType"] == "API_KEY" and key["ApiKeyName"] == "Authorization"
    reference = "{{resolve:secretsmanager:" + SECRET + ":SecretString}}"
    assert key["ApiKeyValue"] == "Bearer tkl_scheduler_" + reference
    everything = repr(upkeep().resources) + repr(upkeep().outputs)
    assert everything.count(SECRET) == everything.count("tkl_") == everything.count("{{resolve:") == 1
    # A default would be seen by whoever may see the stack.
    assert "Default" not in read("upkeep.yaml")["Parameters"]["SchedulerKey"]
    for destination in by_reference("AWS::Events::ApiDestination").values():
        assert destination["ConnectionArn"] in by_reference("AWS::Events::Connection")


def granted(role):
    """What a role may do to what, and who may take it on what conditions."""
    properties = by_reference("AWS::IAM::Role")[role]
    assert not properties.get("ManagedPolicyArns")
    (policy,) = properties["Policies"]
    (may,) = policy["PolicyDocument"]["Statement"]
    (trust,) = properties["AssumeRolePolicyDocument"]["Statement"]
    return may["Action"], may["Resource"], trust["Principal"]["Service"], trust["Condition"]


def test_the_schedules_may_only_put_events_on_the_bus():
    (role,) = {schedule(kind)["Target"]["RoleArn"] for kind in KINDS}
    assert granted(role) == (
        "events:PutEvents",
        "<Bus.Arn>",
        "scheduler.amazonaws.com",
        {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": "<Schedules.Arn>"}},
    )
    assert {schedule(kind)["GroupName"] for kind in KINDS} == {"<Schedules>"}


def test_the_rules_may_only_call_the_two_destinations():
    (role,) = {call_of(kind)["RoleArn"] for kind in KINDS}
    action, resources, service, condition = granted(role)
    assert (action, service) == ("events:InvokeApiDestination", "events.amazonaws.com")
    assert set(resources) == {call_of(kind)["Arn"] for kind in KINDS}
    assert condition["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
    assert condition["ArnLike"] == {"aws:SourceArn": arn("events", "rule/<Bus>/*")}


def test_undelivered_calls_are_kept_for_two_weeks():
    (queue,) = {call_of(kind)["DeadLetterConfig"]["Arn"] for kind in KINDS}
    kept = by_reference("AWS::SQS::Queue")[queue]
    assert kept["MessageRetentionPeriod"] == 14 * 86400 and kept["SqsManagedSseEnabled"] is True
    policy = upkeep().one("AWS::SQS::QueuePolicy")
    assert f"<{queue.strip('<>').removesuffix('.Arn')}>" in policy["Queues"]
    allowed = [made for made in policy["PolicyDocument"]["Statement"] if made["Effect"] == "Allow"]
    (send,) = allowed
    assert send["Principal"] == {"Service": "events.amazonaws.com"}
    assert (send["Action"], send["Resource"]) == ("sqs:SendMessage", queue)
    rules = by_reference("AWS::Events::Rule")
    assert set(send["Condition"]["ArnEquals"]["aws:SourceArn"]) == set(rules)
    (watched,) = upkeep().resources["CallsUndelivered"]["Properties"]["Dimensions"]
    assert watched["Value"] == queue.replace(".Arn", ".QueueName")


def test_the_outputs_name_the_rules_as_metrics_do():
    for kind in KINDS:
        assert upkeep().outputs[f"{kind.title()}Rule"] == rule_of(kind)["Name"]
