"""What the root hands to its parts: a name means the same in every template, and each thing here has a value of its own."""

import base64

import pytest
from templates import OWN, installation

WHOLE = installation(**OWN)
NETWORK = {"Vpc": "vpc-0c", "BalancerSubnets": "subnet-1a,subnet-1b", "ServerSubnets": "subnet-2a,subnet-2b"}

MEANS = {
    "Installation": "cinema",
    "Vpc": "<Network.Vpc>",
    "Subnets": ["<Network.FirstSubnet>", "<Network.SecondSubnet>"],
    "PublicAddresses": "yes",
    "Table": "<Data.Table>",
    "AdminKey": "<Data.AdminKey>",
    "SchedulerKey": "<Data.SchedulerKey>",
    "PaymentToken": "<Data.PaymentToken>",
    "PaymentSecret": "<Data.PaymentSecret>",
    "BalancerGroup": "<Balancer.SecurityGroup>",
    "BalancerName": "<Balancer.Balancer.LoadBalancerFullName>",
    "TargetGroup": "<Balancer.TargetGroup>",
    "TargetGroupName": "<Balancer.TargetGroup.TargetGroupFullName>",
    "RequestLabel": "<Balancer.Balancer.LoadBalancerFullName>/<Balancer.TargetGroup.TargetGroupFullName>",
    "Api": f"https://{OWN['HostName']}",
    "AllowOrigins": f"https://<Static.Distribution.DomainName>,{OWN['AllowOrigin']}",
    "ServerGroup": "<Servers.Group>",
    "LogGroup": "<Servers.Log>",
    "Topic": "<Watch.Topic>",
    "ExpiryRule": "cinema-expiry",
    "ArchivalRule": "cinema-archival",
    "Exports": "<Raw.Exports>",
    "Database": "<Raw.Database>",
    "Facts": "<Analyses.Facts>",
    "Workgroup": "<Analyses.Workgroup>",
    "NightlyExport": "<Export.NightlyExport>",
}
"""What is no parameter of the root, or is made where that is empty."""
BURNS = {"FastBurn": "fast", "SlowBurn": "slow"}


def handed(stack):
    """What each part is given, by part and name."""
    return {(part, name): value for part, made in stack.parts.items() for name, value in made.parameters.items()}


def plain(value):
    return [str(one) for one in value] if isinstance(value, list) else str(value)


def test_each_parameter_here_has_a_value_of_its_own():
    assert OWN.keys() | NETWORK.keys() | {"ExistingTable"} == WHOLE.template["Parameters"].keys()
    values = [str(value) for value in OWN.values() if value not in ("yes", "no")]
    assert len(set(values)) == len(values)
    for name, value in OWN.items():
        declared = WHOLE.template["Parameters"][name]
        if value not in ("yes", "no", *map(str, declared.get("AllowedValues", []))):
            assert str(value) != str(declared.get("Default")), name


def test_a_name_means_the_same_in_every_part():
    means = {name: plain(value) for name, value in {**OWN, "ExistingTable": "", **MEANS}.items()}
    for (part, name), value in handed(WHOLE).items():
        assert plain(value) == (BURNS[part] if name == "Burn" else means[name]), (part, name)


def test_every_parameter_of_the_root_reaches_a_part():
    own = {name: str(value) for name, value in OWN.items() if value not in ("yes", "no")}
    own["CinemaName"] = base64.b64encode(own["CinemaName"].encode()).decode()
    everything = repr([made.resources for made in WHOLE.parts.values()])
    for name, value in own.items():
        assert value in everything, name


def test_a_network_of_ones_own_takes_the_place_of_the_stacks():
    given = handed(installation(**OWN, **NETWORK))
    assert {given[part, "Vpc"] for part in ("Balancer", "Servers")} == {"vpc-0c"}
    assert given["Balancer", "Subnets"] == ["subnet-1a", "subnet-1b"]
    assert given["Servers", "Subnets"] == ["subnet-2a", "subnet-2b"]
    assert given["Servers", "PublicAddresses"] == "no"


def test_an_existing_table_takes_the_place_of_the_stacks():
    stack = installation(**OWN, ExistingTable="restored")
    given = {value for (part, name), value in handed(stack).items() if name == "Table"}
    assert given == {"restored"} == {stack.outputs["Table"]}


@pytest.mark.parametrize(
    ("name", "value"),
    {
        "Address": f"https://{OWN['HostName']}",
        "BalancerDns": "<Balancer.Balancer.DNSName>",
        "Table": "<Data.Table>",
        "AdminKey": "<Data.AdminKey>",
        "PaymentToken": "<Data.PaymentToken>",
        "PaymentSecret": "<Data.PaymentSecret>",
        "ServerGroup": "<Servers.Group>",
        "Topic": "<Watch.Topic>",
        "StaticBucket": "<Static.Content>",
        "StaticAddress": "https://<Static.Distribution.DomainName>",
        "Workgroup": "<Analyses.Workgroup>",
        "Analysts": "<Analyses.Analysts>",
    }.items(),
)
def test_an_output_is_what_its_name_says(name, value):
    assert WHOLE.outputs[name] == value


def test_no_output_is_left_unchecked():
    (mark,) = test_an_output_is_what_its_name_says.pytestmark
    assert {name for name, _ in mark.args[1]} == set(WHOLE.outputs)
