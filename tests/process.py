"""The programs that tests in Python start."""

import os
import pathlib
import subprocess
import threading

ROOT = pathlib.Path(__file__).resolve().parents[1]
TICKETLY = os.environ.get("TICKETLY_BINARY", ROOT / "target/debug/ticketly")
ENGINE = os.environ.get("TICKETLY_ENGINE", ROOT / "target/engine/debug/engine")


class Process:
    """A program whose log is read as it comes. It is killed if it does not end."""

    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(command, env={**os.environ, **(environment or {})}, text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.logged = []
        self.reader = threading.Thread(target=self.logged.extend, args=(self.process.stderr,), daemon=True)
        self.reader.start()

    def line_after(self, words):
        """Returns the rest of the first line of the output that contains these words."""
        for line in self.process.stdout:
            if words in line:
                return line.split(words, 1)[1].strip()
        raise AssertionError(f"it did not start: {''.join(self.logged)}")

    def stop(self):
        """Tells it to stop, and returns its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(40)
        finally:
            self.process.kill()
            self.reader.join(5)


def start_engine():
    """Starts a local engine of DynamoDB. Returns it with the environment of those that use it."""
    engine = Process([ENGINE, "--attached", "127.0.0.1:0"])
    settings = engine.line_after("export ").split()
    return engine, dict(setting.split("=", 1) for setting in settings)


def run(words, environment):
    """Runs a command of the program, and returns what it prints."""
    done = subprocess.run([TICKETLY, *words], env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
