"""The page on deploying: that its commands can be read by a shell, and name what the template has."""

import re
import subprocess
from pathlib import Path

import pytest

from templates import installation, read
from watching import alarms

ROOT_FOLDER = Path(__file__).parents[2]
PAGE = (ROOT_FOLDER / "docs/deploy.md").read_text()
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


def test_no_command_waits_for_ever():
    assert not re.search(r"\buntil\b[^\n]*\bwait\b|\bdo :; done", PAGE), (
        "a wait that fails at once would be repeated for ever"
    )
    for loop in re.findall(r"\b(?:while|until)\b.*", "\n".join(BLOCKS)):
        assert re.match(r'while \[ "\$\(\w+\)" = [A-Z]+ \]; do sleep \d+; done', loop), loop


def test_sudo_gets_a_whole_path_since_its_own_has_not_usr_local():
    named = re.findall(r"\bsudo ([^`\s]+)", PAGE.replace("`sudo`", ""))
    assert named and all(name.startswith("/usr/local/bin/") for name in named), named


def test_the_quota_is_enough_for_an_update_and_for_all_servers():
    defaults = {name: declared.get("Default") for name, declared in ROOT["Parameters"].items()}
    each = int(re.search(r"Each has (\d+) vCPUs", PAGE)[1])
    assert (defaults["InstanceType"], each) == ("t4g.small", 2)
    update, most, needed = re.search(
        r"one more in an update need (\d+), `MaxServers` of (\d+) needs (\d+)", PAGE
    ).groups()
    assert int(update) == each * (defaults["MinServers"] + 1)
    assert (int(most), int(needed)) == (defaults["MaxServers"], each * defaults["MaxServers"])
    assert int(re.search(r"--desired-value (\d+)", PAGE)[1]) >= int(needed)


def test_the_zones_to_look_at_are_those_of_the_network():
    zones = [
        made["Properties"]["AvailabilityZone"]
        for made in read("network.yaml")["Resources"].values()
        if "Subnet" == made["Type"][-6:]
    ]
    assert zones == [{"Fn::Select": [at, {"Fn::GetAZs": ""}]} for at in range(2)]
    assert "AvailabilityZones[:2].ZoneName" in PAGE
    assert f"Values={ROOT['Parameters']['InstanceType']['Default']} " in PAGE


def test_the_page_asks_for_the_rust_that_the_program_needs():
    needed = re.search(r'^rust-version = "(.*)"$', (ROOT_FOLDER / "Cargo.toml").read_text(), re.M)[1]
    assert f"[Rust](https://rustup.rs) {needed} or newer" in PAGE


def test_instances_are_found_by_the_tag_that_the_group_gives_them():
    tag = re.search(r"Name=tag:(\w+),Values=\$STACK", PAGE)[1]
    (group,) = installation().parts["Servers"].of_type("AWS::AutoScaling::AutoScalingGroup").values()
    assert {"Key": tag, "Value": "cinema", "PropagateAtLaunch": True} in group["Properties"]["Tags"]


def test_a_policy_is_detached_before_its_stack_is_deleted():
    section = PAGE.split("\n## Tearing down\n")[1].split("\n## ")[0]
    assert section.index("detach the analysts' policy") < section.index("delete-stack") < section.index("delete-table")


def test_a_stack_that_begins_again_gets_the_table_that_stayed():
    failed = PAGE.split("**If it fails**")[1].split("\n## ")[0]
    assert "`ExistingTable=$STACK`" in failed
    table = installation().parts["Data"].one("AWS::DynamoDB::Table")
    assert table["TableName"] == "cinema" and table["DeletionProtectionEnabled"] is True, "for which reason it stays"


def test_the_copy_of_one_machine_comes_before_the_stack_that_would_use_its_table():
    section = PAGE.split("\n## From one machine\n")[1].split("\n## ")[0]
    create, copy = section.index("table create $STACK"), section.index("--to dynamodb:$STACK")
    assert create < copy < section.index("Then do step 4 with `ExistingTable=$STACK`")
    assert section.index("--no-deletion-protection-enabled") < section.index("delete-table")


def test_the_alarms_of_the_beginning_are_those_that_miss_data():
    begin = re.search(r"The alarms (`.*?) may begin now", PAGE, re.S)[1]
    named = {f"cinema-{name}" for name in re.findall(r"`([a-z-]+)`", begin)}
    missing = {name for name, alarm in alarms().items() if alarm.get("TreatMissingData") == "breaching"}
    assert named == missing
