"""Reads planted errors, which are written as changes of lines.

A blank line is before each error. Its first line is the template and what the error would break, its second the check that
is to find it: a test, cfn-lint or checkov. Then come lines as in a diff, marked by `-`, `+` or a space, of which those
without the `+` stand in the template once, one below the other.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    template: str
    what: str
    check: str
    old: tuple[str, ...]
    new: tuple[str, ...]

    def places(self, text):
        """Where in a template the lines stand that it changes."""
        lines = text.splitlines()
        count = len(self.old)
        return [at for at in range(len(lines) - count + 1) if tuple(lines[at : at + count]) == self.old]

    def planted(self, text):
        """A template with the error."""
        lines = text.splitlines()
        (at,) = self.places(text)
        lines[at : at + len(self.old)] = self.new
        return "\n".join(lines) + "\n"


def faults(text):
    """The errors of a text."""
    found = []
    for block in re.split(r"\n\n+", text.strip("\n")):
        first, second, *lines = block.split("\n")
        template, what = first.split(": ", 1)
        assert second.startswith("by ") and all(line[:1] in "-+ " and line for line in lines), block
        old, new = (tuple(line[1:] for line in lines if line[0] != other) for other in "+-")
        assert old and old != new, block
        found.append(Fault(template, what, second.removeprefix("by "), old, new))
    return found
