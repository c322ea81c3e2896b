"""The alarms: that each says what is the matter, can ring, and tells somebody."""

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from evaluation import computed, evaluate, metric, period, rings
from templates import ACCOUNT, arn
from watching import HANDED, NOTHING, alarms, known, stack, watching

ROOT = Path(__file__).parents[2]
HOUR, DAY, MONTH = 3600, 86400, 30 * 86400
QUERY = re.compile(
    r'SELECT SUM\((\w+)\) FROM (?:SCHEMA\("([\w/]+)"((?:, \w+)+)\)|"([\w/]+)") WHERE TableName = \'cinema-table\''
)
FUNCTIONS = {"IF", "FILL", "SUM"}
ALWAYS_PUBLISHED = {"HealthyHostCount", "GroupMinSize"}


def windows():
    """The alarms that ring only together with others, by name."""
    made = {key: resource["Properties"] for key, resource in watching().items()}
    rules = {key[:-1]: alarm["AlarmRule"] for key, alarm in made.items() if "AlarmRule" in alarm}
    joined = [alarm for key, alarm in made.items() if f'ALARM("<{key[-1]}>")' in rules.get(key[:-1], "")]
    return {alarm["AlarmName"]: alarm for alarm in joined}


def test_every_alarm_tells_when_it_begins_and_when_it_ends():
    topics = {"<Topic>"}
    for name, alarm in alarms().items():
        if name in windows():
            assert not alarm.get("AlarmActions"), name
        else:
            assert set(alarm["AlarmActions"]) == set(alarm["OKActions"]) == topics, name
        assert alarm.get("ActionsEnabled", True) is True


def test_the_operations_page_describes_every_alarm():
    page = (ROOT / "docs/operations.md").read_text().split("\n## Alarms\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+?) \| (.+?) \|$", page, re.M)
    told = {}
    for name, means, first in rows:
        told[f"cinema-{name}"] = f"{means[0].upper()}{means[1:]}. First: {first}. (docs/operations.md, Alarms)"
    ringing = {name: alarm["AlarmDescription"] for name, alarm in alarms().items() if name not in windows()}
    assert len(rows) == len(told) and told == ringing


def test_every_alarm_looks_at_a_metric_that_is_published():
    looked_at = set()
    for name, alarm in alarms().items():
        if metric(alarm):
            queries = [(alarm, alarm.get("Statistic") or alarm["ExtendedStatistic"])]
        else:
            stats = [query["MetricStat"] for query in computed(alarm).values() if "MetricStat" in query]
            queries = [(stat["Metric"], stat["Stat"]) for stat in stats]
        for found, statistic in queries:
            dimensions = {dimension["Name"]: dimension["Value"] for dimension in found.get("Dimensions", [])}
            assert known(found["Namespace"], found["MetricName"], dimensions, statistic), (name, found)
            assert all(dimensions.values())
            looked_at.add(found["MetricName"])
        for query in computed(alarm).values():
            if "SELECT" in query.get("Expression", ""):
                looked_at.add(published_by_query(name, query["Expression"]))
        assert metric(alarm) or computed(alarm) or "AlarmRule" in alarm, name
    assert {"RequestCount", "ThrottledRequests", "SystemErrors", "TransactionConflict"} <= looked_at


def published_by_query(name, text):
    """A query counts what is published with just its dimensions; without any, the table and its indexes together."""
    found, scoped, dimensions, namespace = QUERY.fullmatch(text).groups()
    if scoped:
        assert known(scoped, found, set(dimensions.strip(", ").split(", ")), "Sum"), name
    else:
        for some in ({"TableName"}, {"TableName", "GlobalSecondaryIndexName"}):
            assert known(namespace, found, some, "Sum"), name
        assert not known(namespace, found, {"TableName", "Operation"}, "Sum"), "nothing is counted twice"
    return found


def test_expressions_use_what_is_defined_and_all_that_is_defined():
    for name, alarm in alarms().items():
        queries = computed(alarm)
        if not queries:
            continue
        used = set()
        for query in queries.values():
            assert ("Expression" in query) != ("MetricStat" in query), name
            if "SELECT" not in query.get("Expression", ""):
                used |= set(re.findall(r"[A-Za-z_]\w*", query.get("Expression", ""))) - FUNCTIONS
        (result,) = [key for key, query in queries.items() if query.get("ReturnData", True)]
        assert used == set(queries) - {result}, name
        assert all(re.fullmatch("[a-z][a-z0-9_]*", key) for key in queries)
        assert len(queries) <= 10


def test_windows_are_as_long_as_cloudwatch_allows():
    for name, alarm in alarms().items():
        if "AlarmRule" in alarm:
            continue
        whole = period(alarm) * alarm["EvaluationPeriods"]
        assert period(alarm) % 60 == 0
        assert whole <= (DAY if period(alarm) < HOUR else 7 * DAY), name
        if "SELECT" in str(alarm.get("Metrics")):
            assert whole <= 3 * HOUR, f"{name}: a query sees three hours"


TOLD_WITHIN = {
    **dict.fromkeys(["nobody-serves", "server-errors", "balancer-errors", "boot-failed", "log-errors", "flood"], 5),
    **dict.fromkeys(["table-throttled", "table-conflicts", "table-errors", "sweep-failed"], 5),
    **dict.fromkeys(["calls-undelivered", "export-failed"], 5),
    **dict.fromkeys(["too-few-servers", "unhealthy-servers"], 10),
    **dict.fromkeys(["slow-answers", "group-full"], 15),
    # What these look at is an hour's, or a window's.
    **dict.fromkeys(["expiry-missing", "table-reads", "table-writes", "fast-burn-long"], 60),
    **{"archival-missing": 2 * 24 * 60, "fast-burn-short": 5, "slow-burn-long": 360, "slow-burn-short": 30},
}
"""Minutes from when something is the matter until somebody is told: a sale may be over in an hour."""


def test_an_alarm_rings_while_it_is_of_use():
    rings = {}
    for name, alarm in alarms().items():
        if "AlarmRule" not in alarm:
            rings[name.removeprefix("cinema-")] = period(alarm) * alarm["EvaluationPeriods"] / 60
    assert rings.keys() == TOLD_WITHIN.keys()
    late = {name: minutes for name, minutes in rings.items() if minutes > TOLD_WITHIN[name]}
    assert not late, f"minutes until these ring: {late}"


def test_missing_data_alarms_only_for_metrics_always_published():
    for name, alarm in alarms().items():
        if "AlarmRule" in alarm:
            continue
        needed = ALWAYS_PUBLISHED & set(re.findall(r"'MetricName': '(\w+)'", str(alarm)))
        missed = name.endswith("-missing") or needed
        assert alarm["TreatMissingData"] == ("breaching" if missed else "notBreaching"), name


def burns(which, **values):
    """Whether both windows of a burn alarm ring with that in each of them."""
    return all(rings(alarms()[f"cinema-{which}-burn-{window}"], values) for window in ("long", "short"))


@pytest.mark.parametrize(
    ("values", "fast", "slow"),
    [
        ({"requests": 100_000}, False, False),
        ({}, False, False),
        ({"requests": 100_000, "servers": 100}, False, False),
        ({"requests": 100_000, "servers": 590}, False, False),
        ({"requests": 100_000, "servers": 610}, False, True),
        ({"requests": 100_000, "servers": 1450}, True, True),
        ({"requests": 100_000, "servers": 700, "balancer": 800}, True, True),
        ({"balancer": 50}, True, True),
        ({"requests": 9, "servers": 9}, False, False),
    ],
)
def test_burn_alarms_ignore_a_few_failures(values, fast, slow):
    assert burns("fast", **values) == fast
    assert burns("slow", **values) == slow


def test_a_burn_rings_once_a_fixed_part_of_the_budget_is_gone():
    spent = {"fast": 0.02, "slow": 0.05}
    for which, part in spent.items():
        long, short = (alarms()[f"cinema-{which}-burn-{window}"] for window in ("long", "short"))
        assert long["Threshold"] * period(long) / MONTH == pytest.approx(part)
        assert period(long) == 12 * period(short)
        assert long["Threshold"] == short["Threshold"]
        rule = alarms()[f"cinema-{which}-burn"]["AlarmRule"]
        assert rule == 'ALARM("<Long>") AND ALARM("<Short>")'
        assert set(windows()) >= {long["AlarmName"], short["AlarmName"]}


def test_too_few_servers_and_a_full_group_raise_alarms():
    few, full = alarms()["cinema-too-few-servers"], alarms()["cinema-group-full"]
    assert evaluate(few, {"healthy": 1, "least": 2}) < few["Threshold"] <= evaluate(few, {"healthy": 2, "least": 2})
    room, none = ({"inservice": running, "most": 6} for running in (5, 6))
    assert evaluate(full, room) < full["Threshold"] <= evaluate(full, none)
    assert (few["ComparisonOperator"], full["ComparisonOperator"]) == (
        "LessThanThreshold",
        "GreaterThanOrEqualToThreshold",
    )


def test_thresholds_are_those_of_the_servers_themselves():
    context = (ROOT / "crates/http/src/request_context.rs").read_text()
    slow = int(re.search(r"SLOW: Duration = Duration::from_secs\((\d+)\)", context)[1])
    assert alarms()["cinema-slow-answers"]["Threshold"] == slow
    upkeep = (ROOT / "crates/ticketly/src/upkeep.rs").read_text()
    every = 60 * int(re.search(r"EVERY: Duration = Duration::from_mins\((\d+)\)", upkeep)[1])
    sweeps = alarms()["cinema-sweep-failed"]
    assert sweeps["Threshold"] == period(sweeps) / every, "one server's sweeps, all failed"
    flood = alarms()["cinema-flood"]
    assert flood["Threshold"] == HANDED["RequestsPerServer"] and flood["Period"] == 60


QUIET_AND_LOUD = {
    "nobody-serves": ([1, 2], [0, None]),
    "too-few-servers": ([{"healthy": 2, "least": 2}, {"healthy": 3, "least": 2}], [{"healthy": 1, "least": 2}, {}]),
    "unhealthy-servers": ([0, None], [1, 2]),
    "server-errors": ([0, 5, None], [10, 1000]),
    "balancer-errors": ([0, 5, None], [10, 1000]),
    "slow-answers": ([0.03, 0.9, None], [1.2, 10]),
    "flood": ([1000, HANDED["RequestsPerServer"], None], [HANDED["RequestsPerServer"] + 1]),
    "group-full": ([{"inservice": 5, "most": 6}, {}], [{"inservice": 6, "most": 6}]),
    "boot-failed": ([0, None], [1]),
    "log-errors": ([0, 5, None], [10, 1000]),
    "sweep-failed": ([0, 4, None], [5]),
    "expiry-missing": ([{"calls": 1}, {"calls": 4}], [{"calls": 0}, {}]),
    "archival-missing": ([{"calls": 1}], [{"calls": 0}, {}]),
    "calls-undelivered": ([0, None], [1, 50]),
    "table-throttled": ([0, 5, None], [10, 500]),
    "table-conflicts": ([0, 300, None], [600, 5000]),
    "table-errors": ([0, 5, None], [10, 500]),
    "table-writes": ([0, 1_000_000, None], [4_000_000]),
    "table-reads": ([0, 5_000_000, None], [20_000_000]),
    "export-failed": ([{}, {"failed": 0}], [{"failed": 1}, {"late": 1}, {"ended": 1}]),
}
"""By alarm: what is no reason to wake somebody, and what is one."""


def test_an_alarm_rings_at_what_is_the_matter_and_at_nothing_else():
    single = {name for name, alarm in alarms().items() if name not in windows() and "AlarmRule" not in alarm}
    assert {name.removeprefix("cinema-") for name in single} == QUIET_AND_LOUD.keys()
    for name, (quiet, loud) in QUIET_AND_LOUD.items():
        alarm = alarms()[f"cinema-{name}"]
        assert [value for value in quiet if rings(alarm, value)] == [], name
        assert [value for value in loud if not rings(alarm, value)] == [], name


def test_the_table_costs_two_dollars_an_hour_when_its_use_alarms():
    dynamodb = (ROOT / "docs/dynamodb.md").read_text()
    write = float(re.search(r"unit of writing on demand is ([\d.]+) millionths", dynamodb)[1]) / 1e6
    for name, price in (("cinema-table-writes", write), ("cinema-table-reads", write / 5)):
        alarm = alarms()[name]
        assert period(alarm) == HOUR
        assert 1.8 < alarm["Threshold"] * price < 2


# Lines that the server wrote, with the store taken from under it.
SWEEP = (
    '{"timestamp":"2026-11-22T02:40:35.601280Z","level":"ERROR","message":"sweep failed",'
    '"cause":"the store failed: no such table: bookings: Error code 1: SQL logic error"}'
)
FAILED = (
    '{"timestamp":"2026-11-22T02:40:51.720815Z","level":"ERROR","request_id":"bf2056b61f270b76","method":"POST",'
    '"path":"/v1/expirations","status":500,"took_ms":0,"code":"internal_server_error","cause":"the store failed"}'
)
SLOW = (
    '{"timestamp":"2026-11-22T02:40:52.720815Z","level":"WARN","message":"slow","request_id":"bf2056b61f270b77",'
    '"method":"POST","path":"/v1/bookings","status":200,"took_ms":1200}'
)
# As the script that sets up a machine says what it could not do.
BOOT = '{"timestamp":"2026-11-22T02:40:35Z","level":"ERROR","message":"boot: the admin key was not registered"}'


def test_the_log_is_counted_as_the_servers_write_it():
    counted = {}
    for made in watching().values():
        if made["Type"] == "AWS::Logs::MetricFilter":
            properties = made["Properties"]
            assert properties["LogGroupName"] == HANDED["LogGroup"]
            (found,) = properties["MetricTransformations"]
            key, value = re.fullmatch(r'\{ \$\.(\w+) = "([^"]+)" \}', properties["FilterPattern"]).groups()
            lines = [line for line in (SWEEP, FAILED, SLOW, BOOT) if fnmatchcase(json.loads(line).get(key, ""), value)]
            counted[found["MetricName"]] = lines
            assert (found["MetricValue"], found["DefaultValue"]) == ("1", 0)
    assert counted == {"Errors": [SWEEP, FAILED, BOOT], "FailedSweeps": [SWEEP], "FailedBoots": [BOOT]}
    assert re.search(r'error!\(.*"sweep failed"\)', (ROOT / "crates/ticketly/src/upkeep.rs").read_text())


def test_missing_calls_are_counted_on_the_upkeeps_rules():
    upkeep = stack("upkeep.yaml")
    schedules = upkeep.of_type("AWS::Scheduler::Schedule")
    for kind, every in (("expiry", 900), ("archival", DAY)):
        alarm = alarms()[f"cinema-{kind}-missing"]
        (query,) = [query for query in alarm["Metrics"] if "MetricStat" in query]
        dimensions = {found["Name"]: found["Value"] for found in query["MetricStat"]["Metric"]["Dimensions"]}
        assert dimensions == {"EventBusName": "<Bus>", "RuleName": upkeep.outputs[f"{kind.title()}Rule"]}
        rate = schedules[f"{kind.title()}Schedule"]["Properties"]["ScheduleExpression"]
        assert rate == {900: "rate(15 minutes)", DAY: "rate(1 day)"}[every]
        assert period(alarm) * alarm["EvaluationPeriods"] >= 2 * every, "one late call is no alarm"
        assert evaluate(alarm, {}) < alarm["Threshold"] <= evaluate(alarm, {"calls": 1})


def test_nothing_is_missed_that_the_installation_does_not_have():
    gone = set(alarms()) - set(alarms(**NOTHING))
    kinds = ("expiry-missing", "archival-missing", "calls-undelivered", "export-failed")
    assert gone == {f"cinema-{kind}" for kind in kinds}


def test_only_alarms_of_this_installation_reach_the_topic():
    made = stack("alarms.yaml")
    (statement,) = made.one("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert (statement["Action"], statement["Resource"]) == ("sns:Publish", "<Topic>")
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": arn("cloudwatch", "alarm:cinema-*")},
    }
    assert all(name.startswith("cinema-") for name in alarms())


def test_somebody_is_told_by_mail_only_if_there_is_an_address():
    assert stack("alarms.yaml").one("AWS::SNS::Subscription") == {
        "TopicArn": "<Topic>",
        "Protocol": "email",
        "Endpoint": HANDED["Email"],
    }
    assert not stack("alarms.yaml", Email="").of_type("AWS::SNS::Subscription")
