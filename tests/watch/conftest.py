"""The servers of the tests."""

import pathlib
import sys

import pytest

# What the tests in Python share.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from server import Server


@pytest.fixture(scope="session")
def embedded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("embedded")
    # Nothing takes its traces there, which are counted as lost.
    server = Server(folder / "data", "--backup-folder", str(folder / "backups"), "--otlp-endpoint", "http://127.0.0.1:9")
    server.evening()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def dynamodb(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("dynamodb"), dynamodb=True)
    server.evening()
    yield server
    assert server.stop() == 0
