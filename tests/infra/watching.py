"""What the checks of alarms and of the dashboard share: their templates, and the metrics that there are."""

from functools import cache

from templates import Stack, arn, read

RULES = {"ExpiryRule": "cinema-expiry", "ArchivalRule": "cinema-archival"}
EXPORT = arn("states", "stateMachine:export")
HANDED = {
    "Installation": "cinema",
    "Email": "alarms@example.org",
    "Topic": "<Topic>",
    "BalancerName": "app/cinema/1",
    "TargetGroupName": "targetgroup/cinema/1",
    "Table": "cinema-table",
    "ServerGroup": "cinema-servers",
    "LogGroup": "/ticketly/cinema",
    "RequestsPerServer": 60000,
    "TimeZone": "UTC",
    "Exports": "exports",
    "Database": "raw",
    "Facts": "facts",
    "Workgroup": "cinema-workgroup",
    "HostName": "tickets.example.org",
    "SchedulerKey": arn("secretsmanager", "secret:cinema/scheduler-key/1-a1B2c3"),
    "NightlyExport": EXPORT,
    **RULES,
}
BURNS = ("fast", "slow")
NOTHING = dict.fromkeys(["ExpiryRule", "ArchivalRule", "NightlyExport"], "")
"""What the root template hands on without a certificate and without analysis."""

TARGETS = {"LoadBalancer", "TargetGroup"}
GROUP = {"AutoScalingGroupName"}
ITEMS, INDEX, KIND = {"TableName"}, {"TableName", "GlobalSecondaryIndexName"}, {"TableName", "Operation"}
RULE = {"EventBusName", "RuleName"}
COUNT = {"Sum"}
METRICS = {
    ("AWS/ApplicationELB", "RequestCount"): ([TARGETS, {"LoadBalancer"}], COUNT),
    ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"): ([TARGETS, {"LoadBalancer"}], COUNT),
    # No target has a part in it.
    ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"): ([{"LoadBalancer"}], COUNT),
    ("AWS/ApplicationELB", "TargetResponseTime"): ([TARGETS, {"LoadBalancer"}], {"Average", "p50", "p95", "p99"}),
    # The least healthy and the most unhealthy that any node of the balancer sees.
    ("AWS/ApplicationELB", "HealthyHostCount"): ([TARGETS], {"Minimum"}),
    ("AWS/ApplicationELB", "UnHealthyHostCount"): ([TARGETS], {"Maximum"}),
    ("AWS/AutoScaling", "GroupMinSize"): ([GROUP], {"Minimum", "Maximum"}),
    ("AWS/AutoScaling", "GroupMaxSize"): ([GROUP], {"Minimum", "Maximum"}),
    ("AWS/AutoScaling", "GroupInServiceInstances"): ([GROUP], {"Minimum", "Maximum"}),
    ("AWS/DynamoDB", "ConsumedReadCapacityUnits"): ([ITEMS, INDEX], COUNT),
    ("AWS/DynamoDB", "ConsumedWriteCapacityUnits"): ([ITEMS, INDEX], COUNT),
    ("AWS/DynamoDB", "ReadThrottleEvents"): ([ITEMS, INDEX], COUNT),
    ("AWS/DynamoDB", "WriteThrottleEvents"): ([ITEMS, INDEX], COUNT),
    ("AWS/DynamoDB", "ConditionalCheckFailedRequests"): ([ITEMS], COUNT),
    ("AWS/DynamoDB", "TransactionConflict"): ([ITEMS], COUNT),
    ("AWS/DynamoDB", "ThrottledRequests"): ([KIND], COUNT),
    ("AWS/DynamoDB", "SystemErrors"): ([KIND], COUNT),
    ("AWS/DynamoDB", "SuccessfulRequestLatency"): ([KIND], {"Average", "p99"}),
    # With the rule's name alone these are of the default bus.
    ("AWS/Events", "Invocations"): ([RULE], COUNT),
    ("AWS/Events", "FailedInvocations"): ([RULE], COUNT),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): ([{"QueueName"}], {"Maximum"}),
    ("AWS/States", "ExecutionsFailed"): ([{"StateMachineArn"}], COUNT),
    ("AWS/States", "ExecutionsTimedOut"): ([{"StateMachineArn"}], COUNT),
    ("AWS/States", "ExecutionsAborted"): ([{"StateMachineArn"}], COUNT),
    # What the metric filters make of the log.
    ("Ticketly/cinema", "Errors"): ([set()], COUNT),
    ("Ticketly/cinema", "FailedSweeps"): ([set()], COUNT),
    ("Ticketly/cinema", "FailedBoots"): ([set()], COUNT),
}
"""What is published, by namespace and name: with which dimensions, and which statistics mean something."""


@cache
def stack(name, **handed):
    """One of the templates with what the root template hands on to it."""
    handed = {**HANDED, **handed}
    return Stack(name, {key: handed[key] for key in read(name)["Parameters"]})


@cache
def watching(**handed):
    """The resources of all templates with alarms, by template and logical name."""
    parts = [("alarms.yaml", {}), ("table-alarms.yaml", {}), *(("objective.yaml", {"Burn": burn}) for burn in BURNS)]
    if handed.get("ExpiryRule") != "":
        parts.append(("upkeep.yaml", {}))
    if handed.get("NightlyExport") != "":
        parts.append(("export.yaml", {}))
    return {
        (name, *part.values(), key): made
        for name, part in parts
        for key, made in stack(name, **handed, **part).resources.items()
    }


@cache
def alarms(**handed):
    """The properties of all alarms, by name."""
    kinds = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    made = [made["Properties"] for made in watching(**handed).values() if made["Type"] in kinds]
    by_name = {properties["AlarmName"]: properties for properties in made}
    assert len(by_name) == len(made)
    return by_name


def known(namespace, name, dimensions, statistic):
    """Whether somebody publishes that, and whether the statistic says something about it."""
    sets, statistics = METRICS.get((namespace, name), ([], ()))
    return set(dimensions) in sets and statistic in statistics
