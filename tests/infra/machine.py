"""Runs a state machine's definition: its expressions are evaluated, its tasks are done by functions of the test."""

from dataclasses import dataclass, field

from jsonata import Jsonata
from templates import Stack

START = "2030-03-01T15:00:07.123Z"
"""When every run begins."""


def night(table, zone):
    """The stack of the facts, that of the export of a table by night, and that of what it writes first."""
    facts, raw = (
        Stack("analysis.yaml", {"Installation": "cinema"}, "Analyses"),
        Stack("raw.yaml", {"Table": table}, "Raw"),
    )
    given = {key: facts.outputs[key] for key in ("Facts", "Workgroup")} | raw.outputs
    given |= {"Installation": "cinema", "Table": table, "TimeZone": zone, "Topic": "<Watch.Topic>"}
    return facts, Stack("export.yaml", given, "Export"), raw


def targets(state):
    """The states that may follow a state."""
    choices = [choice["Next"] for choice in state.get("Choices", [])]
    return choices + [state[key] for key in ("Next", "Default") if key in state]


@dataclass
class Run:
    """A run: the states it came through, what it ended in, and how long it waited."""

    definition: dict
    tasks: dict
    visited: list = field(default_factory=list)
    waited: int = 0
    variables: dict = field(default_factory=dict)
    result: object = None

    def __post_init__(self):
        assert self.definition["QueryLanguage"] == "JSONata", "of which the expressions are"
        self.ended = self._go(self.definition["StartAt"], {})

    def _go(self, name, data):
        while True:
            state = self.definition["States"][name]
            self.visited.append(name)
            self.result = data
            match state["Type"]:
                case "Task":
                    service = state["Resource"].split(":states:::")[1]
                    self.result = self.tasks[service](self._value(state["Arguments"], data))
                case "Wait":
                    self.waited += state["Seconds"]
                    if self.waited > self.definition["TimeoutSeconds"]:
                        return "TimedOut"
                case "Fail":
                    return "Failed"
                case "Choice" | "Pass":
                    pass
                case other:
                    raise NotImplementedError(other)
            following = self._following(state, data)
            assigned = self._value(state.get("Assign", {}), data)
            data = self._value(state["Output"], data) if "Output" in state else self.result
            self.variables |= assigned
            if state.get("End"):
                return "Succeeded"
            name = following

    def _following(self, state, data):
        if state["Type"] != "Choice":
            return state.get("Next")
        held = [choice["Next"] for choice in state["Choices"] if self._value(choice["Condition"], data) is True]
        return held[0] if held else state["Default"]

    def _value(self, value, data):
        if isinstance(value, dict):
            return {key: self._value(inner, data) for key, inner in value.items()}
        if not (isinstance(value, str) and value.startswith("{%")):
            return value
        assert value.endswith("%}"), value
        expression = Jsonata(value[2:-2].strip())
        frame = expression.create_frame()
        context = {"Execution": {"Name": "run-1", "StartTime": START}}
        frame.bind("states", {"input": data, "result": self.result, "context": context})
        for name, known in self.variables.items():
            frame.bind(name, known)
        found = expression.evaluate(None, frame)
        assert found is not None, f"{value} is nothing"
        return found
