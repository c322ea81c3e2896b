"""What a release puts on a machine, tried as it lies in the tarball. Needs root."""

import base64
import json
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from installed import PAYMENTS, SETTINGS, Machine
from metadata import machine as emulated


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def modes(machine):
    found = machine.root.rglob("*")
    return {"/" + str(path.relative_to(machine.root)): path.stat().st_mode & 0o7777 for path in found if path.is_file()}


def test_installing_places_each_file_and_starts_nothing(machine):
    done = machine.run(machine.release / "install")
    assert done.returncode == 0, done.stderr
    assert modes(machine) == {
        "/usr/local/bin/ticketly": 0o755,
        "/usr/local/bin/ticketlyctl": 0o755,
        "/etc/systemd/system/ticketly.service": 0o644,
        "/etc/sysusers.d/ticketly.conf": 0o644,
        "/etc/ticketly/ticketly.env": 0o640,
    }
    assert machine.calls() == []


def test_an_update_keeps_the_settings_and_the_running_program(machine):
    machine.run(machine.release / "install")
    machine.file("/etc/ticketly/ticketly.env").write_text("TICKETLY_DEMO=true\n")
    with machine.file("/usr/local/bin/ticketly").open("rb") as running:
        done = machine.run(machine.release / "install")
        assert done.returncode == 0, done.stderr
        assert os.fstat(running.fileno()).st_nlink == 0
    assert machine.file("/etc/ticketly/ticketly.env").read_text() == "TICKETLY_DEMO=true\n"


def test_the_program_knows_every_suggested_setting(machine):
    machine.run(machine.release / "install")
    suggested = set(re.findall(r"^#(\w+)=", machine.file("/etc/ticketly/ticketly.env").read_text(), re.M))
    known = set(re.findall(r"\[env: (\w+)=", machine.run(machine.release / "ticketly", "serve", "--help").stdout))
    assert suggested and suggested <= known


def test_what_is_not_the_release_is_not_installed(machine):
    with (machine.release / "ticketly.service").open("a") as unit:
        unit.write("ExecStartPre=/bin/true\n")
    done = machine.run(machine.release / "install")
    assert done.returncode == 2
    assert "install: these files are not the release; unpack it anew" in done.stderr.splitlines()
    assert not machine.root.exists()


def test_only_root_acts_on_the_store_of_the_service(machine):
    script = (machine.release / "ticketlyctl").read_text()
    done = subprocess.run(["bash", "-s", "key", "list"], input=script, user="nobody", capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "ticketlyctl: only root may act on the store of the service; put sudo before it\n"


def test_ticketlyctl_runs_as_the_user_of_the_service(machine):
    machine.stand_in("systemd-run", "exit 7")
    done = machine.run(machine.release / "ticketlyctl", "key", "new", "--role", "box_office")
    assert done.returncode == 7
    (call,) = machine.calls()
    options, command = call.split(" /usr/local/bin/ticketly ")
    assert command == "key new --role box_office"
    unit = (machine.release / "ticketly.service").read_text()
    assert "--uid=ticketly" in options and "User=ticketly\n" in unit
    for setting in ("EnvironmentFile=-/etc/ticketly/ticketly.env", "UMask=0077", "LimitCORE=0", "NoNewPrivileges=yes"):
        assert f"--property={setting}" in options and f"{setting}\n" in unit
    assert "--setenv=TICKETLY_DATA=/var/lib/ticketly" in options and "TICKETLY_DATA=/var/lib/ticketly\n" in unit


def test_the_service_may_write_the_folder_of_its_backups(machine):
    unit = (machine.release / "ticketly.service").read_text()
    (writable,) = re.findall(r"^ReadWritePaths=-(\S+)$", unit, re.M)
    (settings,) = re.findall(r'^#TICKETLY_BACKUP_FOLDER="(.*)"$', (machine.release / "install").read_text(), re.M)
    readme = (machine.release / "README.txt").read_text()
    (made,) = re.findall(r"sudo install -d -o ticketly -g ticketly -m 0700 (\S+)", readme)
    assert writable == settings == made
    assert f'Then set TICKETLY_BACKUP_FOLDER="{writable}".' in readme


@pytest.fixture
def metadata():
    with emulated() as service:
        yield service


def completed(hook):
    """The call by which the group is told that its machine is through with a step."""
    return (
        f"aws autoscaling complete-lifecycle-action --region eu-central-1 --lifecycle-hook-name {hook}"
        " --auto-scaling-group-name cinema-servers --lifecycle-action-result CONTINUE --instance-id i-0123456789abcdef0"
    )


def drain(machine, metadata):
    settings = {"GROUP": "cinema-servers", "REGION": "eu-central-1", "EVERY": "0.05"}
    return machine.run(machine.release / "aws/drain", AWS_EC2_METADATA_SERVICE_ENDPOINT=metadata.url, **settings)


def test_a_server_stops_before_its_machine_terminates(machine, metadata):
    seen = []

    def state():
        """In no group, then in service, then going; whatever was called before is kept beside it."""
        seen.append(machine.calls())
        return [None, "InService", "InService", "Terminated"][min(len(seen), 4) - 1]

    metadata.lifecycle = state
    done = drain(machine, metadata)
    assert done.returncode == 0, done.stderr
    assert seen[:4] == [[], [], [], []]
    stop, complete = machine.calls()
    assert stop == "systemctl stop ticketly.service"
    assert complete == completed("drain")
    assert metadata.refused == []


def test_a_termination_that_aws_was_not_told_of_is_told_again(machine, metadata):
    metadata.lifecycle = lambda: "Terminated"
    machine.stand_in("aws", "exit 255")
    assert drain(machine, metadata).returncode == 255
    assert "Restart=on-failure\n" in (machine.release / "aws/ticketly-drain.service").read_text()


@pytest.fixture
def keys(machine):
    """Two secrets that only the stand-in for `aws` reads, and what `ticketly key add` gets."""
    made = {name: secrets.token_hex(13) for name in ("admin", "scheduler")}
    folder = machine.bin.parent / "secrets"
    folder.mkdir()
    for name, digits in made.items():
        (folder / name).write_text(digits + "\n")
    cases = [f"*secret:{name}*) cat {folder / name} ;;" for name in made]
    machine.stand_in("aws", f'case " $* " in {" ".join(cases)} esac')
    machine.stand_in("systemd-run", f"cat >>{folder}/added")
    return made, folder / "added"


def boot(machine, *before, **settings):
    machine.stand_in(str(machine.file("/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl")))
    # A network of its own, as the server's port is a fixed one; what boot starts ends with it.
    emulated = f"{sys.executable} {Path(__file__).with_name('metadata.py')} 9999"
    inside = f'ip link set lo up; {emulated} & "$0"'
    alone = ["unshare", "--net", "--pid", "--fork", "--kill-child", "bash", "-c", inside]
    settings = {**SETTINGS, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9999", **settings}
    return machine.run(*before, *alone, machine.release / "aws/boot", **settings)


def serve_when_enabled(machine):
    """The stand-in for systemd starts the real server, on an embedded store, with the settings that boot wrote."""
    settings, data = machine.file("/etc/ticketly/ticketly.env"), machine.bin.parent / "data"
    program, log = machine.file("/usr/local/bin/ticketly"), machine.file("/var/log/ticketly/ticketly.log")
    server = f"set -a; . {settings}; set +a; TICKETLY_STORE=embedded TICKETLY_DATA={data} {program} serve 2>>{log} &"
    machine.stand_in("systemctl", f'case "$*" in "enable --now ticketly.service"*) {server} esac')


def test_a_machine_serves_once_it_has_booted(machine, keys):
    serve_when_enabled(machine)
    done = boot(machine)
    assert done.returncode == 0, done.stderr
    assert machine.file("/etc/ticketly/ticketly.env").read_text().splitlines()[1:] == [
        'TICKETLY_STORE="dynamodb:cinema-Table-1"',
        'TICKETLY_ADDRESS="0.0.0.0:8477"',
        'TICKETLY_PROXIES="1"',
        'TICKETLY_LINGER="25"',
        'TICKETLY_DRAIN="30"',
        'TICKETLY_LOG_JSON="true"',
        'TICKETLY_TIME_ZONE="Europe/Berlin"',
        'TICKETLY_PAGES="on"',
        'TICKETLY_CINEMA_NAME="Roxy"',
        'AWS_REGION="eu-central-1"',
    ]
    assert modes(machine)["/etc/ticketly/ticketly.env"] == 0o640
    assert machine.file("/etc/ticketly/drain.env").read_text() == 'GROUP="cinema-servers"\nREGION="eu-central-1"\n'
    # Both keys are there before the server is, and the group is told after.
    assert [call.split()[0] for call in machine.calls()].count("systemd-run") == 2
    *_, started, told = machine.calls()
    assert started == "systemctl enable --now ticketly.service ticketly-drain.service"
    assert told == completed("serve")


def test_a_booted_machine_sends_its_log_to_the_stacks_group(machine, keys):
    serve_when_enabled(machine)
    boot(machine)
    configuration = json.loads(machine.file("/etc/ticketly/cloudwatch-agent.json").read_text())
    (collected,) = configuration["logs"]["logs_collected"]["files"]["collect_list"]
    assert collected["log_group_name"] == "/ticketly/cinema"
    path = collected["file_path"]
    written = machine.file("/etc/systemd/system/ticketly.service.d/log.conf").read_text()
    assert f"StandardError=append:{path}\n" in written
    assert machine.file("/etc/logrotate.d/ticketly").read_text().splitlines()[1] == f"{path} {{"
    assert modes(machine)[path] == 0o640


def test_keys_reach_the_store_and_nothing_else(machine, keys, tmp_path):
    made, added = keys
    serve_when_enabled(machine)
    trace = tmp_path / "trace"
    done = boot(machine, "strace", "-f", "-v", "-s", "65536", "-e", "trace=execve", "-o", trace)
    assert done.returncode == 0, done.stderr
    assert added.read_text() == f"tkl_admin_{made['admin']}\ntkl_scheduler_{made['scheduler']}\n"
    executed = trace.read_text()
    assert executed.count("/usr/local/bin/ticketly") > 2
    kept = [path.read_bytes() for path in machine.root.rglob("*") if path.is_file()]
    for digits in made.values():
        assert digits not in executed and digits not in done.stdout + done.stderr
        assert not any(digits.encode() in content for content in kept)


def test_a_server_serves_without_a_key_and_logs_the_error(machine, keys):
    serve_when_enabled(machine)
    machine.stand_in("systemd-run", "cat >/dev/null; exit 1")
    done = boot(machine)
    assert done.returncode == 0, done.stderr
    lines = map(json.loads, machine.file("/var/log/ticketly/ticketly.log").read_text().splitlines())
    errors = [line["message"].split(";")[0] for line in lines if line["level"] == "ERROR"]
    assert errors == [f"boot: the {role} key was not registered" for role in ("admin", "scheduler")]


def test_a_machine_whose_server_is_not_ready_fails_and_shows_why(machine, keys):
    log = machine.file("/var/log/ticketly/ticketly.log")
    machine.stand_in("systemctl", f'case "$*" in enable*) echo "the table is not there" >>{log} ;; esac')
    done = boot(machine, READY_WITHIN="1")
    assert done.returncode == 1
    assert completed("serve") not in machine.calls()
    assert "the table is not there" in done.stderr.splitlines()


@pytest.mark.parametrize(
    "origins", ["", "https://d111.cloudfront.net", "https://d222.cloudfront.net,http://localhost:8080"]
)
def test_a_booted_server_allows_the_origins_of_its_stack(machine, keys, origins):
    serve_when_enabled(machine)
    done = boot(machine, ALLOW_ORIGIN=origins)
    assert done.returncode == 0, done.stderr
    lines = machine.file("/etc/ticketly/ticketly.env").read_text().splitlines()
    written = [line for line in lines if "ORIGIN" in line]
    assert written == ([f'TICKETLY_ALLOW_ORIGIN="{origins}"'] if origins else [])


@pytest.mark.parametrize("days", ["", "275"])
def test_a_booted_server_erases_names_after_the_days_of_its_stack(machine, keys, days):
    serve_when_enabled(machine)
    done = boot(machine, ERASE_AFTER=days)
    assert done.returncode == 0, done.stderr
    lines = machine.file("/etc/ticketly/ticketly.env").read_text().splitlines()
    assert [line for line in lines if "ERASE" in line] == ([f'TICKETLY_ERASE_AFTER="{days}"'] if days else [])


@pytest.mark.parametrize("value", ["", 'Europe/Berlin"\nTICKETLY_DEMO="true', "$(reboot)", "a b"])
def test_an_unsafe_setting_is_refused_before_the_install(machine, value):
    done = boot(machine, TIME_ZONE=value)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "TIME_ZONE" in done.stderr
    assert not machine.file("/etc/ticketly").exists()


@pytest.mark.parametrize("name", ['L\'Étoile "am Markt"', "$HOME & `id` \\", "映画館"])
def test_a_cinema_may_have_any_name(machine, keys, name):
    serve_when_enabled(machine)
    done = boot(machine, CINEMA_NAME=base64.b64encode(name.encode()).decode(), PAGES="off")
    assert done.returncode == 0, done.stderr
    read = '. $0; printf \'%s|%s\' "$TICKETLY_PAGES" "$TICKETLY_CINEMA_NAME"'
    shown = subprocess.run(
        ["bash", "-c", read, machine.file("/etc/ticketly/ticketly.env")], capture_output=True, text=True
    )
    assert shown.stdout == f"off|{name}"


def bridged(machine, before=True):
    """Two secrets of the bridge, which only the stand-in for `aws` reads; the webhook's may have had one before."""
    made = {name: secrets.token_hex(32) for name in ("token", "webhook", "before")}
    cases = [f"*secret:{name}*) echo {made[name]} ;;" for name in ("token", "webhook")]
    earlier = f"*AWSPREVIOUS*) {'echo ' + made['before'] if before else 'exit 254'} ;;"
    machine.stand_in("aws", f'case " $* " in {earlier} {" ".join(cases)} *) echo {"0" * 26} ;; esac')
    machine.stand_in("systemd-run", "cat >/dev/null")
    return made


@pytest.mark.parametrize("before", [True, False])
def test_a_server_takes_payments_by_what_it_shares_with_the_bridge(machine, before):
    made = bridged(machine, before)
    settings, data = machine.file("/etc/ticketly"), machine.bin.parent / "data"
    program, log = machine.file("/usr/local/bin/ticketly"), machine.file("/var/log/ticketly/ticketly.log")
    server = f"set -a; . {settings}/ticketly.env; . {settings}/payments.env; set +a; TICKETLY_STORE=embedded"
    machine.stand_in(
        "systemctl", f'case "$*" in "enable --now"*) {server} TICKETLY_DATA={data} {program} serve 2>>{log} & ;; esac'
    )
    done = boot(machine, **PAYMENTS)
    assert done.returncode == 0, done.stderr
    written = settings / "payments.env"
    expected = {
        "PROVIDER": PAYMENTS["PAYMENT_PROVIDER"],
        "TOKEN": made["token"],
        "SECRET": "whsec_" + made["webhook"],
        **({"OTHER_SECRET": "whsec_" + made["before"]} if before else {}),
    }
    assert written.read_text().splitlines() == [f'TICKETLY_PAYMENT_{key}="{value}"' for key, value in expected.items()]
    assert written.stat().st_mode & 0o7777 == 0o600
    unit = machine.file("/etc/systemd/system/ticketly.service.d/payments.conf").read_text()
    assert "EnvironmentFile=/etc/ticketly/payments.env\n" in unit
    *_, reload = (call for call in machine.calls("systemctl") if "daemon-reload" in call)
    started = next(call for call in machine.calls("systemctl") if "enable --now" in call)
    assert machine.calls().index(reload) < machine.calls().index(started)
    assert not any(digits in done.stdout + done.stderr for digits in made.values())


def test_without_a_provider_nothing_of_payments_is_written(machine, keys):
    serve_when_enabled(machine)
    assert boot(machine).returncode == 0
    assert not [path for path in machine.root.rglob("payments*")]


def test_a_machine_that_cannot_read_the_bridges_secrets_never_serves(machine):
    bridged(machine)
    machine.stand_in("aws", 'case "$*" in *secret:token*) exit 254 ;; *) echo digits ;; esac')
    done = boot(machine, **PAYMENTS)
    assert done.returncode == 1
    assert "boot: the secrets of the payment provider cannot be read" in done.stderr
    assert not [call for call in machine.calls() if "enable --now" in call or "complete-lifecycle-action" in call]


def dressed(machine, missing=""):
    """A bucket with a look, which is there but for one of its files, and a server that starts without it."""
    bucket = machine.bin.parent / "bucket"
    for name in {"theme-7.css", "logo-2.png"} - {missing}:
        (bucket / "look").mkdir(parents=True, exist_ok=True)
        (bucket / "look" / name).write_text(f"this is {name}")
    copy = f'cp "{bucket}/${{5#s3://releases/}}" "$6"'
    machine.stand_in("aws", f'case "$1 $2" in "s3 cp") {copy} ;; *) echo {"0" * 26} ;; esac')
    machine.stand_in("systemd-run", "cat >/dev/null")
    settings, data = machine.file("/etc/ticketly/ticketly.env"), machine.bin.parent / "data"
    program, log = machine.file("/usr/local/bin/ticketly"), machine.file("/var/log/ticketly/ticketly.log")
    server = f"set -a; . {settings}; set +a; unset TICKETLY_THEME TICKETLY_LOGO; TICKETLY_STORE=embedded"
    machine.stand_in(
        "systemctl", f'case "$*" in "enable --now"*) {server} TICKETLY_DATA={data} {program} serve 2>>{log} & ;; esac'
    )
    look = {"THEME": "look/theme-7.css", "LOGO": "look/logo-2.png", "ALLOW_EMBEDDING": "https://frames.example"}
    done = boot(machine, **look)
    assert done.returncode == 0, done.stderr
    lines = [line for line in settings.read_text().splitlines() if re.search("THEME|LOGO|EMBEDDING", line)]
    return done, dict(re.fullmatch('TICKETLY_(.*)="(.*)"', line).groups() for line in lines)


def test_a_server_has_the_look_of_its_cinema(machine):
    _, written = dressed(machine)
    assert written == {
        "ALLOW_EMBEDDING": "https://frames.example",
        "THEME": "/etc/ticketly/look.css",
        "LOGO": "/etc/ticketly/look.png",
    }
    assert machine.file(written["THEME"]).read_text() == "this is theme-7.css"
    assert machine.file(written["LOGO"]).read_text() == "this is logo-2.png"
    # The service's user reads them.
    assert {machine.file(written[name]).stat().st_mode & 0o7777 for name in ("THEME", "LOGO")} == {0o644}
    known = machine.run(machine.release / "ticketly", "serve", "--help").stdout
    assert all(f"[env: TICKETLY_{name}=" in known for name in written)


def test_a_server_sells_without_a_look_that_is_missing(machine):
    done, written = dressed(machine, missing="logo-2.png")
    assert set(written) == {"ALLOW_EMBEDDING", "THEME"}
    assert "boot: look/logo-2.png cannot be read in the bucket releases" in done.stderr
