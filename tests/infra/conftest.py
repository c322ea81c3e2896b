"""What several modules look at, made once."""

import pytest
from deployment import Deployment, emulator, prepared
from templates import read


@pytest.fixture(scope="session")
def deployment():
    """The installation on an emulator of AWS."""
    with emulator() as aws:
        version = read("ticketly.yaml")["Parameters"]["Version"]["Default"]
        yield Deployment(aws, **prepared(aws, version))
