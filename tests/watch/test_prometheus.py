"""A real Prometheus reads the servers, with the alerts and every expression of the dashboard."""

import json
import re
import shutil
import time
import urllib.parse
import urllib.request

import pytest
import yaml

from process import ROOT, Process
from test_names import alerts, panels


@pytest.fixture(scope="module")
def prometheus(embedded, dynamodb, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prometheus")
    shutil.copy(ROOT / "infra/prometheus/alerts.yaml", folder)
    targets = [embedded.metrics, dynamodb.metrics]
    settings = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["alerts.yaml"],
        "scrape_configs": [{"job_name": "ticketly", "static_configs": [{"targets": targets}]}],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
    process = Process(["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                       "--web.listen-address=127.0.0.1:0"])
    deadline = time.monotonic() + 60
    while not any("Server is ready" in line for line in list(process.logged)):
        assert time.monotonic() < deadline, "".join(process.logged)
        time.sleep(0.1)
    told = [re.search(r'msg="Listening on" address=(\S+)', line) for line in process.logged]
    asked = Prometheus(next(match.group(1) for match in told if match))
    # Rates need two samples.
    asked.until("min(count_over_time(up[1m])) >= 3 and count(up) == 2")
    yield asked
    process.stop()


class Prometheus:
    def __init__(self, address):
        self.url = f"http://{address}/api/v1"

    def get(self, path, **query):
        with urllib.request.urlopen(f"{self.url}/{path}?{urllib.parse.urlencode(query)}", timeout=30) as answer:
            return json.load(answer)["data"]

    def query(self, expression):
        return self.get("query", query=expression)["result"]

    def until(self, expression):
        deadline = time.monotonic() + 60
        while not self.query(expression):
            assert time.monotonic() < deadline, (expression, self.get("targets"))
            time.sleep(0.2)


def test_both_servers_are_read_without_an_error(prometheus):
    for target in prometheus.get("targets")["activeTargets"]:
        assert (target["health"], target["lastError"]) == ("up", ""), target
    booked = prometheus.query('sum(ticketly_operations_total{operation="book",outcome="success"})')
    assert [result["value"][1] for result in booked] == ["4"], "two on each"


def test_every_expression_of_the_dashboard_has_values(prometheus):
    for panel in panels():
        for target in panel["targets"]:
            # Grafana fills in the variable.
            expression = target["expr"].replace("$instance", ".*")
            assert prometheus.query(expression), f"{panel['title']} is empty: {expression}"


def test_the_alerts_are_loaded_and_silent(prometheus):
    groups = prometheus.get("rules")["groups"]
    loaded = [rule for group in groups for rule in group["rules"]]
    assert len(loaded) == len(alerts())
    prometheus.until("ticketly:failures:ratio_rate5m == 0 or ticketly:failures:ratio_rate5m > 0")
    for rule in loaded:
        assert rule["health"] == "ok", rule
        assert not [alert for alert in rule.get("alerts", []) if alert["state"] == "firing"], rule
