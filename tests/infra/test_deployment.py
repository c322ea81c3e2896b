"""What comes of the templates, as the services themselves tell it: that CloudFormation was content proves nothing."""

import base64
import re
from collections import Counter

from makers import UNMADE
from readers import READERS, UNTOLD
from templates import read

NAMELESS = {"AWS::EC2::SecurityGroupIngress"}
"""What the emulator gives no name; it is found by what it says."""


def differences(told, wanted, path=""):
    """Where what a service tells is other than what a template wants; it may tell more."""
    if isinstance(wanted, dict) and isinstance(told, dict):
        for key, value in wanted.items():
            yield from differences(told.get(key), value, f"{path}.{key}")
    elif isinstance(wanted, list) and isinstance(told, list):
        left = list(told)
        for number, value in enumerate(wanted):
            same = [one for one in left if not list(differences(one, value))]
            if same:
                left.remove(same[0])
            else:
                yield f"{path}[{number}]: {value!r} is not among {told!r}"
        if left:
            yield f"{path}: more than wanted: {left!r}"
    elif plain(told) != plain(wanted):
        yield f"{path}: {told!r} instead of {wanted!r}"


def plain(value):
    """A value as text: services and templates disagree about what is a number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).lower() if isinstance(value, bool) or value in ("True", "False") else str(value)


def test_every_resource_is_as_its_template_says(deployment):
    wrong = []
    seen = Counter()
    for name, kind, known, properties in deployment.made():
        if kind in UNMADE:
            continue
        assert known or kind in NAMELESS, f"{name} was not made"
        wanted = {key: value for key, value in properties.items() if key not in UNTOLD.get(kind, ())}
        told = READERS[kind](deployment.aws, known, properties)
        if kind == "AWS::EC2::SecurityGroup":
            wanted = with_rules_of_their_own(deployment, known, wanted)
        wrong += [f"{name}{what}" for what in differences(told, wanted)]
        seen[kind] += 1
    assert not wrong, "\n".join(wrong)
    assert set(seen) == {*READERS} & types(), "each of these types was looked at"


def with_rules_of_their_own(deployment, group, properties):
    """A group's properties with the rules that are resources of their own: it has these, and no others."""
    found = {key: list(properties.get(key, [])) for key in ("SecurityGroupIngress", "SecurityGroupEgress")}
    for _, kind, _, rule in deployment.made():
        side = kind.removeprefix("AWS::EC2::")
        if side in found and rule["GroupId"] == group:
            found[side].append({key: value for key, value in rule.items() if key != "GroupId"})
    for rules in found.values():
        rules[:] = [{key: value for key, value in rule.items() if key != "Description"} for rule in rules]
    return {**properties, **found}


def types():
    """The types of all resources in all templates."""
    root = read("ticketly.yaml")
    parts = {one["Properties"]["TemplateURL"]["Fn::Sub"].rsplit("/", 1)[1] for one in root["Resources"].values()}
    return {resource["Type"] for part in parts for resource in read(part)["Resources"].values()}


def test_every_type_is_read_back_or_listed_as_unsupported():
    assert types() <= {*READERS, *UNMADE}
    assert not {*READERS} & UNMADE
    assert UNMADE <= types(), "what is in no template any more"


def test_every_output_of_the_installation_names_something_real(deployment):
    beyond = {"StaticAddress"}
    for name, value in deployment.outputs.items():
        assert value, name
        assert name in beyond or "<" not in value, f"{name}: {value}"


def test_generated_keys_have_the_digits_of_a_key(deployment):
    for logical in ("AdminKey", "SchedulerKey"):
        secret = secret_of(deployment, logical)
        assert len(secret) == 26
        assert set(secret) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_what_is_generated_for_the_bridge_is_a_token_and_base_64(deployment):
    assert re.fullmatch(r"[A-Za-z0-9]{16,}", secret_of(deployment, "PaymentToken"))
    assert 24 <= len(base64.b64decode(secret_of(deployment, "PaymentSecret"), validate=True)) <= 64


def secret_of(deployment, logical):
    arn = deployment.ids["Data", logical]
    return deployment.aws.secretsmanager.get_secret_value(SecretId=arn)["SecretString"]
