"""What is said of the templates without making anything of them.

usage: static.py lint|scan

Any word of cfn-lint fails, informational ones too, and any finding of checkov. What is skipped is printed with its
reason.
"""

import subprocess
import sys

import yaml
from templates import FOLDER, Loader


def lint(templates):
    """What cfn-lint has to say: any word counts."""
    # I3011 would have it said of everything that it goes with its stack; what stays is looked at by tests.
    levels = ["--include-checks", "I", "--ignore-checks", "I3011"]
    code, said = _run(["cfn-lint", *levels, "--", *map(str, templates)])
    return said or (f"cfn-lint ended with {code}" if code else "")


def scan(templates):
    """What checkov finds. It tells of what passed and what is skipped too; by its code, whether anything failed."""
    code, said = checkov(templates)
    return said if code else ""


def checkov(templates):
    files = [word for template in templates for word in ("-f", str(template))]
    return _run(["checkov", "--framework", "cloudformation", "--compact", "--quiet", "--skip-download", *files])


def _run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, (done.stdout + done.stderr).strip()


def skips():
    """Each check that is skipped: the template, the resource, the check, and why."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for name, resource in yaml.load(path.read_text(), Loader)["Resources"].items():
            for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
                yield path.name, name, skip["id"], skip["comment"]


def main(what):
    templates = sorted(FOLDER.glob("*.yaml"))
    if what == "lint":
        sys.exit(lint(templates) or None)
    code, said = checkov(templates)
    if code or "Passed checks: " not in said:
        sys.exit(f"checkov: {said}")
    for template, resource, check, why in skips():
        print(f"{template:18} {resource:18} {check:12} {why}")


if __name__ == "__main__":
    main(*sys.argv[1:])
