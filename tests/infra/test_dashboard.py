"""The dashboard: that it can be read, and shows what there is."""

import itertools
import json

import pytest

from templates import arn
from watching import NOTHING, alarms, known, stack


def widgets(**handed):
    return json.loads(stack("dashboard.yaml", **handed).one("AWS::CloudWatch::Dashboard")["DashboardBody"])["widgets"]


@pytest.mark.parametrize("left_out", [{}, NOTHING])
def test_the_dashboard_shows_every_alarm_with_an_action(left_out):
    (states,) = [widget for widget in widgets(**left_out) if widget["type"] == "alarm"]
    telling = [name for name, alarm in alarms(**left_out).items() if alarm.get("AlarmActions")]
    arns = states["properties"]["alarms"]
    assert sorted(arns) == sorted(arn("cloudwatch", f"alarm:{name}") for name in telling)


@pytest.mark.parametrize("left_out", [{}, NOTHING])
def test_every_graph_shows_what_is_published(left_out):
    shown = set()
    for widget in widgets(**left_out):
        properties = widget["properties"]
        for namespace, name, *rest, options in properties.get("metrics", []):
            dimensions = dict(zip(rest[::2], rest[1::2], strict=True))
            statistic = options.get("stat", properties["stat"])
            assert all(dimensions.values())
            assert known(namespace, name, dimensions, statistic), (namespace, name, dimensions, statistic)
            shown.add(name)
    needed = {"RequestCount", "TargetResponseTime", "HealthyHostCount", "WriteThrottleEvents", "TransactionConflict"}
    assert needed | {"Errors", "HTTPCode_Target_5XX_Count", "SuccessfulRequestLatency"} <= shown
    assert ("Invocations" in shown) == (not left_out)


@pytest.mark.parametrize("left_out", [{}, NOTHING])
def test_no_graph_lies_on_another(left_out):
    def cells(widget):
        columns = range(widget["x"], widget["x"] + widget["width"])
        rows = range(widget["y"], widget["y"] + widget["height"])
        assert columns.stop <= 24
        return set(itertools.product(columns, rows))

    for one, other in itertools.combinations(widgets(**left_out), 2):
        assert not cells(one) & cells(other)
