"""A machine without Ticketly, in a folder, on which a release is installed. TICKETLY_RELEASE names the tarball.

`systemctl`, `aws` and their like are stand-ins that write down how they were called; everything else is real.
"""

import base64
import os
import shlex
import subprocess
import tarfile
from pathlib import Path

TARBALL = os.environ["TICKETLY_RELEASE"]

SETTINGS = {
    "TABLE": "cinema-Table-1",
    "REGION": "eu-central-1",
    "ADMIN_KEY": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:admin-AbCdEf",
    "SCHEDULER_KEY": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:scheduler-AbCdEf",
    "TIME_ZONE": "Europe/Berlin",
    "LOG_GROUP": "/ticketly/cinema",
    "GROUP": "cinema-servers",
    "BUCKET": "releases",
    "PAGES": "on",
    "CINEMA_NAME": base64.b64encode(b"Roxy").decode(),
}
PAYMENTS = {
    "PAYMENT_PROVIDER": "https://bridge.example/pay",
    "PAYMENT_TOKEN": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:token-AbCdEf",
    "PAYMENT_SECRET": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:webhook-AbCdEf",
}


class Machine:
    """A machine without Ticketly: a folder for its files, and stand-ins for what talks to systemd and AWS."""

    def __init__(self, folder):
        self.root = folder / "root"
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.written = folder / "calls"
        self.written.touch()
        with tarfile.open(TARBALL) as release:
            release.extractall(folder, filter="tar")
            self.release = folder / release.getnames()[0]
        for name in ("systemctl", "aws", "dnf", "chgrp"):
            self.stand_in(name)

    def stand_in(self, name, then=":"):
        path = Path(name) if name.startswith("/") else self.bin / name
        path.parent.mkdir(parents=True, exist_ok=True)
        call = f"printf '%s\\n' \"{path.name} $*\" >>{shlex.quote(str(self.written))}"
        path.write_text(f"#!/bin/bash\n{call}\n{then}\n")
        path.chmod(0o755)

    def calls(self, of=""):
        return [line for line in self.written.read_text().splitlines() if line.startswith(of)]

    def file(self, path):
        return self.root / path.lstrip("/")

    def environment(self, **settings):
        return {"PATH": f"{self.bin}:{os.environ['PATH']}", "DESTDIR": str(self.root), **settings}

    def run(self, *command, **settings):
        return subprocess.run(
            list(map(str, command)), env=self.environment(**settings), capture_output=True, text=True, timeout=120
        )
