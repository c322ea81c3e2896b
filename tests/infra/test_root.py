"""The root template, what it hands to its parts, and what all templates have in common."""

import re
import tomllib
from itertools import product

import pytest
import yaml
from cinema import ROOT
from policies import bucket, denied
from static import skips
from templates import FOLDER, PSEUDO, REGION, SECURE, installation, read

PART = "AWS::CloudFormation::Stack"
NAMES = sorted(path.name for path in FOLDER.glob("*.yaml"))
OWN_VPC = {"Vpc": "vpc-0a", "BalancerSubnets": "subnet-0a,subnet-0b", "ServerSubnets": "subnet-0c,subnet-0d"}
CHOICES = [({}, SECURE), ({}, OWN_VPC), *(({}, {name: "no"}) for name in ("Firewall", "Analysis", "Site"))]


def names_in(value):
    """What a value refers to, by Ref, GetAtt, Sub or a condition's name."""
    text = repr(value)
    referred = re.findall(
        r"'(?:Ref|Condition)': '([\w:]+)'|\$\{(\w+)|'Fn::GetAtt': \['(\w+)'|'Fn::If': \['(\w+)'", text
    )
    return {name for found in referred for name in found if name}


@pytest.mark.parametrize(
    "choice", list(product(*CHOICES)), ids=lambda choice: "+".join(k for one in choice for k in one) or "none"
)
def test_every_combination_of_what_may_be_chosen_can_be_made(choice):
    stack = installation(**{key: value for one in choice for key, value in one.items()})
    given = stack.parameters
    wanted = {
        "Network": given["Vpc"] == "",
        "Upkeep": given["Certificate"] != "",
        "Static": given["Site"] == "yes",
        "Analyses": given["Analysis"] == "yes",
    }
    assert {part: part in stack.parts for part in wanted} == wanted
    assert {"Data", "Balancer", "Servers", "Watch"} <= set(stack.parts)


def test_every_part_is_given_what_it_asks_for_and_no_more():
    for part, stack in installation(**SECURE).parts.items():
        given = read("ticketly.yaml")["Resources"][part]["Properties"]["Parameters"]
        asked = {key for key, declared in stack.template["Parameters"].items() if "Default" not in declared}
        assert asked <= set(given) <= set(stack.template["Parameters"]), part


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_and_condition_is_described_and_used(name):
    template = read(name)
    used = names_in({key: value for key, value in template.items() if key not in ("Parameters", "Metadata")})
    for parameter, declared in template.get("Parameters", {}).items():
        assert len(declared["Description"].split()) > 1, parameter
        assert parameter in used, f"{parameter} is not used"
    conditional = names_in(
        {key: value for key, value in template.items() if key in ("Resources", "Outputs", "Conditions")}
    )
    assert set(template.get("Conditions", {})) <= conditional


def test_every_parameter_of_the_root_is_in_a_group_of_the_form():
    root = read("ticketly.yaml")
    groups = root["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    listed = [parameter for group in groups for parameter in group["Parameters"]]
    assert sorted(listed) == sorted(root["Parameters"])


def test_parts_are_the_templates_of_this_version():
    stack = installation(**SECURE)
    urls = [part["Properties"]["TemplateURL"] for part in stack.of_type(PART).values()]
    version = stack.parameters["Version"]
    prefix = f"https://releases.s3.{REGION}.{PSEUDO['AWS::URLSuffix']}/{version}/templates/"
    assert all(url.startswith(prefix) for url in urls)
    assert sorted({url.removeprefix(prefix) for url in urls} | {"ticketly.yaml"}) == NAMES


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"HostName": SECURE["HostName"]}, "A HostName needs a Certificate"),
        ({"Certificate": SECURE["Certificate"]}, "A certificate needs the HostName"),
        ({**SECURE, "HostName": "", "Certificate": ""}, "A hosted zone needs the HostName"),
        ({**OWN_VPC, "BalancerSubnets": ""}, "A Vpc needs the BalancerSubnets"),
        ({**OWN_VPC, "ServerSubnets": ""}, "A Vpc needs the ServerSubnets"),
        ({**OWN_VPC, "BalancerSubnets": "subnet-0a"}, "BalancerSubnets: 'subnet-0a' does not match"),
        ({"AllowOrigin": "https://cinema.example/"}, "AllowOrigin: 'https://cinema.example/' does not match"),
        ({"AllowOrigin": "https://a.example,*"}, "AllowOrigin: 'https://a.example,*' does not match"),
        ({"MinServers": 3, "MaxServers": 3}, "MaxServers must be more than MinServers"),
    ],
)
def test_wrong_parameters_are_refused_before_creation(given, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        installation(**given)


def test_the_default_version_is_this_version():
    cargo = tomllib.loads((ROOT / "Cargo.toml").read_text())
    assert read("ticketly.yaml")["Parameters"]["Version"]["Default"] == cargo["workspace"]["package"]["version"]


@pytest.mark.parametrize("name", NAMES)
def test_every_template_is_short(name):
    text = (FOLDER / name).read_text()
    assert len(text.encode()) < 51_200
    assert len(text.splitlines()) < 400


@pytest.mark.parametrize("name", NAMES)
def test_no_template_has_what_cloudformation_takes_for_no_yaml(name):
    events = yaml.parse((FOLDER / name).read_text())
    aliases = [event.anchor for event in events if isinstance(event, yaml.AliasEvent)]
    assert aliases == [], "CloudFormation documents that it knows no aliases"


def test_roles_have_wildcards_only_without_a_resource():
    nameless = {
        "ssm:UpdateInstanceInformation",
        "cloudwatch:PutMetricData",
        "athena:ListDataCatalogs",
        "athena:ListWorkGroups",
    }
    for part, stack in installation(**SECURE).parts.items():
        for statement in allowed(stack):
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            assert not [one for one in actions if "*" in one], (part, actions)
            if statement["Resource"] == "*":
                rest = {one for one in actions if not one.startswith("ssmmessages:")}
                assert rest <= nameless, (part, rest)


def allowed(stack):
    """What the roles and the policies of a part allow."""
    for made in stack.resources.values():
        properties = made["Properties"]
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        if made["Type"].startswith("AWS::IAM::") and "PolicyDocument" in properties:
            documents.append(properties["PolicyDocument"])
        for document in documents:
            yield from (one for one in document["Statement"] if one["Effect"] == "Allow")


def test_no_secret_stands_in_a_template():
    for name in NAMES:
        text = (FOLDER / name).read_text()
        assert not re.search(
            r"tkl_\w+_[0-9a-z]{26}|AKIA[0-9A-Z]{16}|PRIVATE KEY|(?:Password|SecretString|ApiKeyValue): *[^!{\s]", text
        )


def test_every_skipped_check_has_a_reason_and_there_are_few():
    found = list(skips())
    for template, resource, check, why in found:
        assert len(why.split()) >= 4, f"{template} {resource} {check}: {why!r} is no reason"
    assert len(found) <= 26


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::S3::Bucket"])
def test_what_holds_data_outlives_its_stack(kind):
    for stack in installation(**SECURE).parts.values():
        for name, made in stack.of_type(kind).items():
            assert made.get("DeletionPolicy", "Delete") in ("Retain", "RetainExceptOnCreate"), name
            assert made.get("UpdateReplacePolicy") == "Retain", name


def test_buckets_are_private_encrypted_and_need_tls():
    for stack in installation(**SECURE).parts.values():
        policies = [made["Properties"] for made in stack.of_type("AWS::S3::BucketPolicy").values()]
        for name, made in stack.of_type("AWS::S3::Bucket").items():
            properties = made["Properties"]
            assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}, name
            assert len(properties["PublicAccessBlockConfiguration"]) == 4, name
            assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}], name
            assert properties["BucketEncryption"]["ServerSideEncryptionConfiguration"], name
            (policy,) = [one["PolicyDocument"] for one in policies if one["Bucket"] == stack._name(name)]
            whole = bucket(stack._name(name))
            for where in (whole, f"{whole}/any"):
                for action in ("s3:GetObject", "s3:PutObject", "s3:ListBucket"):
                    assert denied(policy["Statement"], action, where, {"aws:SecureTransport": "false"}), (name, where)
            assert all(one["Principal"] != "*" for one in policy["Statement"] if one["Effect"] == "Allow"), name
