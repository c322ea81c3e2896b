"""Plants one error after the other in a copy of the templates, and sees which check finds it.

Fails if more than one is found by none, if something is found where nothing is wrong, or if what an error is to replace
does not stand in its template once: then the error has gone out of date.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import static
from planted import FAULTS
from templates import FOLDER

UNHARMED = ("data.yaml", "nothing", "", "")
HERE = Path(__file__).parent
SLOW = ("test_table", "test_permissions", "test_deployment", "test_facts")
"""Checks that start programs, those first that find the most."""
OTHER = {"test_machine"}
"""Checks that look at no template."""


def checks(quick):
    found = {path.stem for path in HERE.glob("test_*.py")} - OTHER
    names = sorted(found.difference(SLOW)) if quick else SLOW
    return [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        *(str(HERE / f"{one}.py") for one in names),
    ]


def fails(command, folder):
    """The check that fails first on the templates in a folder, if one does."""
    environment = {**os.environ, "TICKETLY_INFRA": str(folder)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode == 0:
        return ""
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    assert failed, f"pytest did not work: {done.stdout}{done.stderr}"
    return failed[0].split(" - ")[0].split("::", 1)[-1]


def planted(folder, name, old, new):
    """A copy of the templates with one error."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    path = Path(folder) / name
    if old:
        path.write_text(path.read_text().replace(old, new))
    return path


def found_by(fault):
    """The first check that finds a fault, the quick ones first."""
    name, _, old, new = fault
    with tempfile.TemporaryDirectory() as folder:
        path = planted(folder, name, old, new)
        if said := static.lint([path]):
            return f"cfn-lint: {said.split()[0]}"
        if failed := fails(checks(quick=True), folder):
            return failed
        if said := static.scan([path]):
            return f"checkov: {next(word for word in said.split() if word.startswith('CKV'))}"
        return fails(checks(quick=False), folder)


def main():
    for name, _, old, new in FAULTS:
        times = (FOLDER / name).read_text().count(old)
        if times != 1 or old == new:
            sys.exit(f"planted.py: this stands {times} times in {name}, and should once:\n{old}")
    if finder := found_by(UNHARMED):
        sys.exit(f"without any error there is one: {finder}")
    started = time.monotonic()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        finders = list(pool.map(found_by, FAULTS))
    for (name, what, _, _), finder in zip(FAULTS, finders):
        print(f"{name:14} {what:52} {finder or '-- nothing found it'}")
    missed = finders.count("")
    print(f"{len(FAULTS) - missed} of {len(FAULTS)} found, in {time.monotonic() - started:.0f} s")
    if missed > 1:
        sys.exit("too many errors would pass")


if __name__ == "__main__":
    main()
