"""The page on deploying: that its commands can be read by a shell, and name what the template has."""

import re
import subprocess
from pathlib import Path

import pytest

from templates import read

PAGE = (Path(__file__).parents[2] / "docs/deploy.md").read_text()
BLOCKS = [re.sub(r"^   ", "", block, flags=re.M) for block in re.findall(r"^ *```sh\n(.*?)^ *```", PAGE, re.M | re.S)]
ROOT = read("ticketly.yaml")


@pytest.mark.parametrize("block", BLOCKS)
def test_commands_can_be_read_by_a_shell(block):
    done = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_template_has_what_the_page_names():
    given = " ".join(re.findall(r"--parameter-overrides((?:[^\n`]*\\\n)*[^\n`]*)", PAGE))
    inline = re.findall(r"`([A-Z]\w+=[^`]*)`", PAGE)
    named = set(re.findall(r"\b([A-Z][A-Za-z0-9]*[a-z0-9][A-Za-z0-9]*)=", " ".join([given, *inline])))
    assert {"Bucket", "Version", "Sha256", "HostedZone", "KeyGeneration", "ExistingTable", "Architecture"} <= named
    assert named <= set(ROOT["Parameters"])
    outputs = set(re.findall(r"\boutput ([A-Z]\w+)", PAGE))
    assert {"Address", "AdminKey", "BalancerDns", "StaticBucket", "Analysts"} <= outputs <= set(ROOT["Outputs"])
