"""The estimate of costs: that its arithmetic is right, and counts what the templates make."""

import re
from pathlib import Path

import pytest

from templates import SECURE, installation
from watching import alarms

PAGE = (Path(__file__).parents[2] / "docs/deploy.md").read_text().split("\n## What it costs\n")[1].split("\n## ")[0]
ROWS = {
    cells[0]: cells[1:]
    for cells in (re.split(r" *\| *", line.strip("| ")) for line in PAGE.splitlines() if "|" in line)
}


def cents(text):
    """What a cell comes to, in dollars with cents; a sum that it shows must be right."""
    formula, _, told = text.partition(" = ")
    assert re.fullmatch(r"[\d.+× ]+", formula), formula
    value = eval(formula.replace("×", "*"))  # noqa: S307
    assert not told or float(told) == pytest.approx(value, abs=0.00501), text
    return round(value, 2)


def test_every_sum_is_right():
    *rows, total = [cells for name, cells in ROWS.items() if name not in ("what", "---")]
    assert len(rows) > 10
    for column, told in enumerate(total):
        assert sum(cents(cells[column]) for cells in rows) == pytest.approx(float(told.strip("*")))


def made(kind):
    stack = installation(**SECURE)
    parts = [stack, *stack.parts.values()]
    return [found["Properties"] for part in parts for found in part.of_type(kind).values()]


def factors(row):
    return [float(number) for number in re.findall(r"[\d.]+", ROWS[row][0])]


def test_what_is_counted_is_what_the_templates_make():
    metrics = sum(
        len([query for query in alarm.get("Metrics", []) if "MetricStat" in query]) or "MetricName" in alarm
        for alarm in alarms().values()
    )
    both = len([alarm for alarm in alarms().values() if "AlarmRule" in alarm])
    assert factors("alarms: of one metric, of two alarms, by query")[:3:2] == [metrics, both]
    assert factors("keys")[0] == len(made("AWS::SecretsManager::Secret"))
    assert factors("metrics of the log, dashboard")[0] == len(made("AWS::Logs::MetricFilter"))
    (acl,) = made("AWS::WAFv2::WebACL")
    assert factors("firewall: itself, three rules, million requests")[1] == len(acl["Rules"])
    (machine,) = made("AWS::EC2::LaunchTemplate")
    (disk,) = machine["LaunchTemplateData"]["BlockDeviceMappings"]
    (group,) = made("AWS::AutoScaling::AutoScalingGroup")
    assert factors("their disks, 8 GB")[:2] == [group["MinSize"], disk["Ebs"]["VolumeSize"]]
