"""What is said of the templates without making anything of them.

usage: static.py lint|scan [FOLDER]

Any word of cfn-lint fails, informational ones too, and any finding of checkov. What is skipped is printed with its reason.
"""

import subprocess
import sys
from pathlib import Path

from templates import FOLDER, Loader, yaml


def templates(folder):
    return sorted(map(str, folder.glob("*.yaml")))


def lint(folder):
    """What cfn-lint has to say."""
    # I3011 would have it said of everything that it goes with its stack; what stays is looked at by tests.
    levels = ["--include-checks", "I", "--ignore-checks", "I3011"]
    done = subprocess.run(["cfn-lint", *levels, "--", *templates(folder)], capture_output=True, text=True)
    said = (done.stdout + done.stderr).strip()
    return said or (f"cfn-lint ended with {done.returncode}" if done.returncode else "")


def scan(folder):
    """What checkov finds."""
    files = [word for template in templates(folder) for word in ("-f", template)]
    done = subprocess.run(
        ["checkov", "--framework", "cloudformation", "--compact", "--quiet", "--skip-download", *files],
        capture_output=True, text=True,
    )  # fmt: skip
    return (done.stdout + done.stderr).strip() if done.returncode else ""


def skips(folder=FOLDER):
    """Each check that is skipped: the template, the resource, the check, and why."""
    for path in sorted(folder.glob("*.yaml")):
        for name, resource in yaml.load(path.read_text(), Loader)["Resources"].items():
            for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
                yield path.name, name, skip["id"], skip["comment"]


def main(what, folder=FOLDER):
    said = {"lint": lint, "scan": scan}[what](Path(folder))
    if said:
        sys.exit(said)
    if what == "scan":
        for template, resource, check, why in skips(Path(folder)):
            print(f"{template:18} {resource:18} {check:12} {why}")


if __name__ == "__main__":
    main(*sys.argv[1:])
