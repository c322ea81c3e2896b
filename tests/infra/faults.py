"""Plants one error after the other in a copy of the templates, and sees that the check which is meant to find it does.

Each error names its check: a test, cfn-lint or checkov. That the checks find nothing where nothing is wrong is what their
own runs show. Fails if a check misses its error, or if what an error is to replace does not stand in its template once:
then the error has gone out of date.

usage: faults.py          every error, by its own check
       faults.py MODULE   the errors of a module by all checks, whatever they name, to see which finds each
"""

import importlib
import os
import shutil
import sys
import tempfile
import time
from functools import partial
from multiprocessing import get_context
from pathlib import Path

# What the checks import is imported once: each runs in a copy of this process.
import boto3  # noqa: F401
import botocore.session  # noqa: F401
import duckdb  # noqa: F401
import jsonata  # noqa: F401
import pytest
import sqlglot  # noqa: F401
import static
from templates import FOLDER

MODULES = ("planted", "missed", "blind", "blind_again")
HERE = Path(__file__).parent
OWN = {path.stem for path in HERE.glob("*.py")}
SLOW = ("test_table", "test_permissions", "test_deployment", "test_facts")
"""Checks that start programs, those first that find the most."""
OTHER = {"test_machine"}
"""Checks that look at no template."""


class First:
    """The first test that fails."""

    name = ""

    def pytest_runtest_logreport(self, report):
        self.name = self.name or (report.nodeid.removeprefix("tests/infra/") if report.failed else "")

    def pytest_collectreport(self, report):
        self.pytest_runtest_logreport(report)


def tested(folder, tests):
    """The first of these tests that fails on the templates in a folder, if one does."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(told)
            os.environ["TICKETLY_INFRA"] = str(folder)
            for name in OWN & set(sys.modules):
                del sys.modules[name]
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            first = First()
            options = ["-x", "-q", "-p", "no:cacheprovider", f"--rootdir={HERE}"]
            code = pytest.main([*options, *(str(HERE / test) for test in tests)], [first])
            os.write(tell, (first.name or ("" if code == 0 else f"pytest ended with {int(code)}")).encode())
        finally:
            os._exit(0)
    os.close(tell)
    with os.fdopen(told) as answer:
        found = answer.read()
    os.waitpid(child, 0)
    assert not found.startswith("pytest ended"), f"{found}: {tests}"
    return found


def by_check(check, path):
    """What a check finds wrong with a template, if it does; the folder has the others."""
    if check == "cfn-lint":
        return static.lint([path])
    if check == "checkov":
        return static.scan([path])
    return tested(path.parent, [check])


def by_any(path):
    """The first check that finds something, the quick ones first."""
    quick = sorted({test.stem for test in HERE.glob("test_*.py")} - OTHER - {*SLOW})
    if found := tested(path.parent, [f"{name}.py" for name in quick]):
        return found
    if said := static.lint([path]):
        return f"cfn-lint {said.split()[0]}"
    if said := static.scan([path]):
        return f"checkov {next(word for word in said.split() if word.startswith('CKV'))}"
    return tested(path.parent, [f"{name}.py" for name in SLOW])


def found(fault, every):
    """What finds an error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copytree(FOLDER, folder, dirs_exist_ok=True)) / fault.template
        path.write_text(fault.planted(path.read_text()))
        return by_any(path) if every else by_check(fault.check, path)


def main(*modules):
    faults = [fault for name in modules or MODULES for fault in importlib.import_module(name).FAULTS]
    for fault in faults:
        times = len(fault.places((FOLDER / fault.template).read_text()))
        if times != 1:
            sys.exit(f"{fault.template}, {fault.what}: its lines stand there {times} times, and should once")
    if modules and (finder := by_any(FOLDER / "ticketly.yaml")):
        sys.exit(f"without any error there is one: {finder}")
    started = time.monotonic()
    with get_context("fork").Pool(os.cpu_count()) as pool:
        finders = pool.map(partial(found, every=bool(modules)), faults, chunksize=1)
    for fault, finder in zip(faults, finders):
        if not finder or modules:
            print(f"{fault.template:17} {fault.what:60} {finder or f'-- not found by {fault.check}'}")
    missed = finders.count("")
    print(f"{len(faults) - missed} of {len(faults)} found, in {time.monotonic() - started:.0f} s")
    if missed:
        sys.exit("an error would pass")


if __name__ == "__main__":
    main(*sys.argv[1:])
