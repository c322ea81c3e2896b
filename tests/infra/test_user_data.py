"""The script that a new machine runs, run: with a bucket in a folder, and stand-ins for what talks to AWS."""

import hashlib
import io
import os
import re
import subprocess
import tarfile

import pytest
from cinema import ROOT
from templates import OWN, installation

SIGNAL = "/opt/aws/bin/cfn-signal"
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
"""What a machine calls its architecture, as the names of the tarballs do."""


def tarball(version):
    """A release, whose boot shows its settings and where it was started."""
    boot = b'#!/bin/bash\nset -eu\nexport -p >"$SHOWN"\nexit "${BOOT_ENDS:-0}"\n'
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as release:
        entry = tarfile.TarInfo(f"ticketly-{version}/aws/boot")
        entry.size, entry.mode = len(boot), 0o755
        release.addfile(entry, io.BytesIO(boot))
    return packed.getvalue()


class Run:
    def __init__(self, folder, architecture="arm64", **more):
        packed = tarball(OWN["Version"])
        given = {**OWN, "Architecture": architecture, "Sha256": hashlib.sha256(packed).hexdigest()}
        self.servers = installation(**given).parts["Servers"]
        machine = self.servers.one("AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
        self.signalled, self.shown = folder / "signalled", folder / "shown"
        bucket = folder / "s3" / OWN["Bucket"] / OWN["Version"]
        bucket.mkdir(parents=True)
        # As infra/release names it.
        assert "tarball=$name-linux-$architecture.tar.gz" in (ROOT / "infra/release").read_text()
        release = bucket / f"ticketly-{OWN['Version']}-linux-{MACHINES[architecture]}.tar.gz"
        release.write_bytes(more.pop("packed", packed))
        self._stand_in(folder / "aws", f'[ "$1 $2" = "s3 cp" ] && cp "{folder}/s3/${{5#s3://}}" "$6"')
        self._stand_in(folder / "uname", f"echo {MACHINES[architecture]}")
        self._stand_in(folder / "signal", f'printf "%s " "$@" >"{self.signalled}"')
        script = machine["UserData"].replace(SIGNAL, str(folder / "signal"))
        assert SIGNAL in machine["UserData"] and script.startswith("#!/bin/bash\n")
        environment = {
            "PATH": f"{folder}:{os.environ['PATH']}",
            "TMPDIR": str(folder),
            "SHOWN": str(self.shown),
            **more,
        }
        self.done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=30)

    @staticmethod
    def _stand_in(path, command):
        path.write_text(f"#!/bin/bash\n{command}\n")
        path.chmod(0o755)

    def signal(self):
        """What CloudFormation was told."""
        words = self.signalled.read_text().split()
        return {"-e": words[words.index("-e") + 1]} | {
            word: words[words.index(word) + 1] for word in ("--region", "--stack", "--resource")
        }


@pytest.mark.parametrize("architecture", MACHINES)
def test_a_machine_fetches_its_release_and_boots_it(tmp_path, architecture):
    run = Run(tmp_path, architecture)
    assert run.done.returncode == 0, run.done.stderr
    (group,) = run.servers.of_type("AWS::AutoScaling::AutoScalingGroup")
    assert run.signal() == {
        "-e": "0",
        "--region": run.servers.pseudo["AWS::Region"],
        "--stack": run.servers.pseudo["AWS::StackName"],
        "--resource": group,
    }
    shown = dict(re.findall(r'^declare -x (\w+)="(.*)"$', run.shown.read_text(), re.M))
    wanted = {
        "REGION": run.servers.pseudo["AWS::Region"],
        "TABLE": "<Data.Table>",
        "TIME_ZONE": OWN["TimeZone"],
        "ADMIN_KEY": "<Data.AdminKey>",
        "SCHEDULER_KEY": "<Data.SchedulerKey>",
        "LOG_GROUP": "<Servers.Log>",
        "GROUP": "cinema-servers",
        "PAYMENT_PROVIDER": OWN["PaymentProvider"],
    }
    assert wanted.items() <= shown.items()


def test_another_tarball_is_not_unpacked(tmp_path):
    run = Run(tmp_path, packed=tarball("0.0.1"))
    assert run.done.returncode != 0 and run.signal()["-e"] != "0"
    assert not run.shown.exists()


def test_a_boot_that_fails_is_told(tmp_path):
    run = Run(tmp_path, BOOT_ENDS="7")
    assert run.shown.exists() and run.signal()["-e"] == "7"
