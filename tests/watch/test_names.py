"""What alerts, dashboard and documents name is what servers export, and the other way round."""

import itertools
import json
import re

import pytest
import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from process import ROOT

# What Prometheus adds to each series, and what a recording rule of ours makes.
ADDED = {"job", "instance"}
FUNCTIONS = re.compile(r"\b(?:by|without)\s*\(([^)]*)\)")
SELECTOR = re.compile(r"\b((?:ticketly|process)_[a-z_]+|up)\b(?:\{([^}]*)\})?")
OUTCOMES_OF_BATCHES = {"committed", "failed", "rolled_back", "unknown", "other_schema"}
MATCHER = re.compile(r'([a-z_]+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')


def alerts():
    groups = yaml.safe_load((ROOT / "infra/prometheus/alerts.yaml").read_text())["groups"]
    return list(itertools.chain.from_iterable(group["rules"] for group in groups))


def panels():
    dashboard = json.loads((ROOT / "infra/grafana/ticketly.json").read_text())
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def expressions():
    found = [(rule.get("alert") or rule["record"], rule["expr"]) for rule in alerts()]
    found += [(panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]]
    assert len(found) > 60
    return found


@pytest.fixture(scope="module")
def exported(embedded, dynamodb):
    """The names of samples, each with its labels and their values."""
    found = {"up": {}}
    for server in (embedded, dynamodb):
        for family in text_string_to_metric_families(server.scraped()):
            for sample in family.samples:
                labels = found.setdefault(sample.name, {})
                for label, value in sample.labels.items():
                    labels.setdefault(label, set()).add(value)
    return found


def test_every_selector_names_samples_and_labels(exported):
    for where, expression in expressions():
        names = SELECTOR.findall(expression)
        assert names or "ticketly:failures" in expression, expression
        for name, matchers in names:
            assert name in exported, f"{where}: nothing exports {name}"
            for label, _ in MATCHER.findall(matchers):
                assert label in exported[name].keys() | ADDED, f"{where}: {name} has no label {label}"
        known = set().union(*(exported[name] for name, _ in names)) | ADDED
        for label in re.split(r"[,\s]+", ",".join(FUNCTIONS.findall(expression)).strip()):
            assert not label or label in known, f"{where}: no sample has the label {label}"


def test_every_exported_metric_is_looked_at_and_documented(exported):
    used = {name for _, expression in expressions() for name, _ in SELECTOR.findall(expression)}
    table = (ROOT / "docs/operations.md").read_text()
    for name in exported:
        stem = re.sub(r"_(bucket|sum|count)$", "", name)
        family = {sample for sample in exported if sample.startswith(stem)}
        assert family & used, f"neither an alert nor the dashboard looks at {name}"
        assert name == "up" or f"`{stem}`" in table, f"docs/operations.md has no {stem}"


def test_the_documents_name_nothing_else(exported):
    stems = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exported}
    named = set(re.findall(r"`((?:ticketly|process)_[a-z_]+)`", (ROOT / "docs/operations.md").read_text()))
    assert named <= stems, named - stems


def test_the_values_in_alerts_are_possible(exported):
    sources = [ROOT / "crates/api/src/docs/vocabulary.rs", *(ROOT / "crates/http/src").glob("*.rs")]
    codes = set(itertools.chain.from_iterable(re.findall(r'"([a-z_]+)"', source.read_text()) for source in sources))
    possible = {"code": codes, "class": {"2xx", "3xx", "4xx", "5xx", "none"}, "job": {"ticketly"},
                "sweep": {"expiry", "archival", "erasure", "purge"}}
    checked = 0
    for where, expression in expressions():
        for _, matchers in SELECTOR.findall(expression):
            for label, values in MATCHER.findall(matchers):
                if label in possible:
                    assert set(values.split("|")) <= possible[label], f"{where}: {label} is never {values}"
                    checked += 1
    assert checked > 15


def test_what_an_alert_counts_is_exported_before_it_happens(exported):
    """A counter that appears with its first event has no increase: that event would not be seen."""
    checked = 0
    for rule in alerts():
        for name, matchers in re.findall(r"\b(?:increase|rate)\((\w+)\{([^}]*)\}", rule["expr"]):
            for label, is_not, values in re.findall(r'(\w+)\s*(!?)[=~]+\s*"([^"]*)"', matchers):
                # Of shares and times the first requests do not decide.
                if label in ("class", "route"):
                    continue
                wanted = OUTCOMES_OF_BATCHES if is_not else set(values.split("|"))
                assert wanted <= exported[name][label], f"{rule['alert']}: {name} has {exported[name][label]} at first"
                checked += 1
    assert checked >= 6


def test_every_alert_is_tested_and_says_what_to_do():
    tests = yaml.safe_load((ROOT / "infra/prometheus/alerts.test.yaml").read_text())["tests"]
    begins, silent = set(), set()
    for case in itertools.chain.from_iterable(test["alert_rule_test"] for test in tests):
        (begins if case.get("exp_alerts") else silent).add(case["alertname"])
    names = {rule["alert"] for rule in alerts() if "alert" in rule}
    assert names == begins == silent
    documented = (ROOT / "docs/operations.md").read_text()
    for rule in alerts():
        if "alert" in rule:
            assert rule["labels"]["severity"] in ("page", "ticket")
            assert set(rule["annotations"]) == {"summary", "action"}
            assert f"`{rule['alert']}`" in documented, rule["alert"]


def test_the_dashboard_is_whole():
    dashboard = json.loads((ROOT / "infra/grafana/ticketly.json").read_text())
    identifiers = [panel["id"] for panel in dashboard["panels"]]
    assert len(identifiers) == len(set(identifiers))
    taken = set()
    for panel in dashboard["panels"]:
        grid = panel["gridPos"]
        cells = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])}
        assert not cells & taken and grid["x"] + grid["w"] <= 24, panel["title"]
        taken |= cells
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    for panel in panels():
        assert panel["title"] and panel["fieldConfig"]["defaults"]["unit"], panel
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == "${datasource}", panel["title"]
            assert set(re.findall(r"\$(\w+)", target["expr"])) <= variables, target["expr"]
