"""What an alarm makes of values of its metrics, as CloudWatch would."""

import operator
import re

OPERATORS = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def metric(alarm):
    """Alarms on one metric."""
    return "MetricName" in alarm


def computed(alarm):
    """Alarms on an expression: its queries by id."""
    queries = alarm.get("Metrics", [])
    by_id = {query["Id"]: query for query in queries}
    assert len(by_id) == len(queries)
    return by_id


def period(alarm):
    """The one period of all that an alarm looks at."""
    queries = computed(alarm).values()
    periods = {query["MetricStat"]["Period"] for query in queries if "MetricStat" in query}
    periods |= {query["Period"] for query in queries if "SELECT" in query.get("Expression", "")}
    (found,) = periods | ({alarm["Period"]} if metric(alarm) else set())
    return found


def evaluate(alarm, values):
    """What an expression comes to; a metric that is not published is None, and so is what cannot be computed."""
    queries = computed(alarm)

    def of(key):
        if "MetricStat" in queries[key]:
            return values.get(key)
        text = re.sub(r"\bIF\(", "choose(", queries[key]["Expression"])
        names = {name: of(name) for name in set(re.findall(r"\b[a-z]\w*", text)) & set(queries)}
        # Every part of `choose` is computed first, so that nothing may be divided by none.
        numbers = {name: Maybe(value) for name, value in names.items()}
        return eval(text, {"choose": choose, "FILL": fill, "SUM": total}, numbers).value  # noqa: S307

    (result,) = [key for key, query in queries.items() if query.get("ReturnData", True)]
    return of(result)


class Maybe:
    """A value of a metric, or none."""

    def __init__(self, value):
        self.value = value

    def __truediv__(self, other):
        other = other.value if isinstance(other, Maybe) else other
        return Maybe(self.value / other if self.value is not None and other else None)

    def __sub__(self, other):
        return Maybe(None if None in (self.value, other.value) else self.value - other.value)

    def __ge__(self, other):
        return self.value is not None and self.value >= other


def choose(condition, this, that):
    return this if condition else Maybe(that)


def fill(maybe, value):
    return maybe if maybe.value is not None else Maybe(value)


def total(maybes):
    there = [maybe.value for maybe in maybes if maybe.value is not None]
    return Maybe(sum(there) if there else None)


def rings(alarm, values):
    """Whether an alarm rings while it sees a value for long, or values of what its expression uses. What is missing is none."""
    if computed(alarm) and "SELECT" not in str(alarm["Metrics"]):
        values = evaluate(alarm, values)
    missing = {"breaching": True, "notBreaching": False}[alarm["TreatMissingData"]]
    return missing if values is None else OPERATORS[alarm["ComparisonOperator"]](values, alarm["Threshold"])
