"""The templates as CloudFormation would see them: parameters filled in, conditions decided, functions computed.

What only AWS can know stays a text such as `<Balancer.TargetGroup>` (a Ref) or `<Balancer.TargetGroup.TargetGroupName>`
(a GetAtt), so that a check can still tell what points where. The ARN of a bucket is made of its name, however it is written.
"""

import base64
import os
import re
import zlib
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(os.environ.get("TICKETLY_INFRA", Path(__file__).parents[2] / "infra"))
"""Where the templates lie; the planted faults name another folder."""

REQUIRED = {"Bucket": "releases", "Sha256": "0" * 64}
"""What the root template has no default for."""

SECURE = {
    "HostName": "tickets.example.org",
    "Certificate": "arn:aws-test:acm:xx-test-7:210987654321:certificate/0a0a0a0a-0000-0000-0000-000000000000",
    "HostedZone": "Z0123456789",
    "Email": "alarms@example.org",
}
"""An installation that a cinema would run: with a name and a certificate."""

OWN = {
    **REQUIRED,
    **SECURE,
    "Version": "3.1.4",
    "Sha256": "5" * 64,
    "Architecture": "x86_64",
    "AllowOrigin": "https://cinema.example",
    "CinemaName": 'L\'Étoile "am Markt"',
    "Pages": "yes",
    "Theme": "look/theme-7.css",
    "Logo": "look/logo-2.png",
    "AllowEmbedding": "https://frames.example",
    "PaymentProvider": "https://bridge.example/pay",
    "TimeZone": "Asia/Kolkata",
    "InstanceType": "m6i.large",
    "MinServers": 3,
    "MaxServers": 8,
    "RequestsPerServer": 61_000,
    "NetworkOutPerServer": 310_000_000,
    "Firewall": "yes",
    "FirewallRate": 21_000,
    "KeyGeneration": 4,
    "LogDays": 14,
    "EraseAfter": "275",
    "Site": "yes",
    "Analysis": "yes",
}
"""A value of its own for every parameter of the root, but for those of a network and of a table that exist already."""

PARTITION, REGION, ACCOUNT = "aws-test", "xx-test-7", "210987654321"
"""Such as are nowhere, so that a template that has one of its own is seen."""

PSEUDO = {
    "AWS::Partition": PARTITION,
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "aws.test",
    "AWS::StackName": "cinema",
}
"""Of the root's stack, whose name is the installation's; that of each part is another."""

EMULATED = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::AccountId": "123456789012",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "cinema",
}
"""As it is at an emulator."""

NO_VALUE = object()


class Loader(yaml.CSafeLoader):
    """YAML with the short forms of CloudFormation's functions."""


def _function(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", _function)


@cache
def read(name):
    """A template as it is written."""
    return yaml.load((FOLDER / name).read_text(), Loader)


class Stack:
    """One template, resolved. `parts` holds the stacks that are made as its parts, by logical name."""

    def __init__(self, name, parameters, label="", pseudo=None):
        self.template = read(name)
        self.label = label
        self.pseudo = identified(pseudo or part_of(PSEUDO, label or "Alone"))
        self.parts = {}
        self.parameters = {}
        for key, declared in self.template.get("Parameters", {}).items():
            value = parameters.get(key, declared.get("Default"))
            if value is None:
                raise KeyError(f"{name}: no value for {key}")
            self.parameters[key] = _typed(key, declared, value)
        unknown = set(parameters) - set(self.parameters)
        if unknown:
            raise KeyError(f"{name} has no parameters {sorted(unknown)}")
        for rule in self.template.get("Rules", {}).values():
            self._obey(rule)
        self.resources = {}
        for key in self._ordered():
            self._make(key)
        self.outputs = {
            key: self.resolve(output["Value"])
            for key, output in self.template.get("Outputs", {}).items()
            if self.holds(output.get("Condition"))
        }

    def _obey(self, rule):
        """As CloudFormation does before it makes anything."""
        if "RuleCondition" in rule and not self.resolve(rule["RuleCondition"]):
            return
        for assertion in rule["Assertions"]:
            if not self.resolve(assertion["Assert"]):
                raise ValueError(assertion["AssertDescription"])

    def _ordered(self):
        """Logical names, parts after the parts whose outputs they take."""
        waiting = list(self.template["Resources"])
        done = []
        while waiting:
            key = next(key for key in waiting if not self._needs(key) & set(waiting) - {key})
            waiting.remove(key)
            done.append(key)
        return done

    def _needs(self, key):
        text = repr(self.template["Resources"][key])
        return {
            other
            for other, resource in self.template["Resources"].items()
            if resource["Type"] == "AWS::CloudFormation::Stack" and re.search(rf"\b{other}\b.{{1,6}}Outputs\.", text)
        }

    def _make(self, key):
        resource = self.template["Resources"][key]
        if not self.holds(resource.get("Condition")):
            return
        made = {**resource, "Properties": self.resolve(resource.get("Properties", {}))}
        for setting in ("UpdatePolicy", "CreationPolicy", "Metadata"):
            if setting in resource:
                made[setting] = self.resolve(resource[setting])
        self.resources[key] = made
        if resource["Type"] == "AWS::CloudFormation::Stack":
            properties = made["Properties"]
            name = properties["TemplateURL"].rsplit("/", 1)[1]
            self.parts[key] = Stack(name, properties.get("Parameters", {}), key, part_of(self.pseudo, key))

    def holds(self, condition):
        """Whether a condition of the template, by name, is true."""
        return condition is None or bool(self.resolve(self.template["Conditions"][condition]))

    def of_type(self, kind):
        """The resources of a type, by logical name."""
        return {key: made for key, made in self.resources.items() if made["Type"] == kind}

    def in_order(self):
        """Logical names, each after those that it refers to or depends on."""
        waiting = {key: self._refers_to(key) for key in self.resources}
        while waiting:
            ready = [key for key, needed in waiting.items() if not needed & set(waiting)]
            if not ready:
                raise ValueError(f"{sorted(waiting)} need each other")
            for key in ready:
                del waiting[key]
                yield key

    def _refers_to(self, key):
        made = self.resources[key]
        depends = made.get("DependsOn", [])
        named = re.findall(rf"<{re.escape(self.label)}\.(\w+)", repr(made["Properties"]))
        return {*named, *([depends] if isinstance(depends, str) else depends)} & set(self.resources) - {key}

    def one(self, kind):
        """The properties of the only resource of a type."""
        (made,) = self.of_type(kind).values()
        return made["Properties"]

    def _name(self, key):
        return f"<{self.label + '.' if self.label else ''}{key}>"

    def _reference(self, key):
        if key == "AWS::NoValue":
            return NO_VALUE
        if key in self.pseudo:
            return self.pseudo[key]
        if key in self.parameters:
            return self.parameters[key]
        if key not in self.template["Resources"]:
            raise KeyError(f"{key} is neither a parameter nor a resource")
        return self._name(key)

    def _attribute(self, key, attribute):
        if attribute.startswith("Outputs."):
            return self.parts[key].outputs[attribute.removeprefix("Outputs.")]
        if key not in self.template["Resources"]:
            raise KeyError(f"{key} is no resource")
        if attribute == "Arn" and self.template["Resources"][key]["Type"] == "AWS::S3::Bucket":
            return f"arn:{self.pseudo['AWS::Partition']}:s3:::{self._name(key)}"
        return self._name(f"{key}.{attribute}")

    def resolve(self, value):
        """A value with every function computed."""
        if isinstance(value, list):
            return [found for found in map(self.resolve, value) if found is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function in ("Ref", "Condition") or function.startswith("Fn::"):
                return self._computed(function, argument)
        found = {key: self.resolve(inner) for key, inner in value.items()}
        return {key: inner for key, inner in found.items() if inner is not NO_VALUE}

    def _computed(self, function, argument):
        match function:
            case "Ref":
                return self._reference(argument)
            case "Condition":
                return self.holds(argument)
            case "Fn::GetAtt":
                return self._attribute(argument[0], argument[1])
            case "Fn::If":
                return self.resolve(argument[1] if self.holds(argument[0]) else argument[2])
            case "Fn::Sub":
                return self._substituted(argument)
        argument = self.resolve(argument)
        match function:
            case "Fn::Equals":
                return str(argument[0]) == str(argument[1])
            case "Fn::Not":
                return not argument[0]
            case "Fn::And":
                return all(argument)
            case "Fn::Or":
                return any(argument)
            case "Fn::Join":
                return argument[0].join(map(str, argument[1]))
            case "Fn::Split":
                return argument[1].split(argument[0])
            case "Fn::Select":
                return argument[1][int(argument[0])]
            case "Fn::GetAZs":
                return [f"{self.pseudo['AWS::Region']}{zone}" for zone in "abc"]
            case "Fn::FindInMap":
                return self.template["Mappings"][argument[0]][argument[1]][argument[2]]
            case "Fn::Base64":
                # A script is still to be read here.
                return argument if "\n" in argument else base64.b64encode(argument.encode()).decode()
        raise NotImplementedError(function)

    def _substituted(self, argument):
        text, extra = (argument, {}) if isinstance(argument, str) else argument
        extra = self.resolve(extra)

        def value(match):
            key = match[1]
            if key.startswith("!"):
                return "${" + key[1:] + "}"
            if key in extra:
                return str(extra[key])
            if "." in key:
                return str(self._attribute(*key.split(".", 1)))
            return str(self._reference(key))

        return re.sub(r"\$\{([^}]*)\}", value, text)


def part_of(pseudo, key):
    """The pseudo parameters of a part: it is a stack with a name and an identifier of its own."""
    return {**pseudo, "AWS::StackName": f"{pseudo['AWS::StackName']}-{key}-1X{zlib.crc32(key.encode()):08X}"}


def identified(pseudo):
    """Pseudo parameters with the identifier of the stack that they name."""
    name = pseudo["AWS::StackName"]
    at = f"arn:{pseudo['AWS::Partition']}:cloudformation:{pseudo['AWS::Region']}:{pseudo['AWS::AccountId']}"
    return {**pseudo, "AWS::StackId": f"{at}:stack/{name}/{zlib.crc32(name.encode()):08x}-0b1c-4d2e-8f3a-{ACCOUNT}"}


def arn(service, what, region=REGION, account=ACCOUNT):
    """A name of a resource, as it is in the templates' tests."""
    return f"arn:{PARTITION}:{service}:{region}:{account}:{what}"


def _typed(key, declared, value):
    text = str(value)
    pattern = declared.get("AllowedPattern")
    if pattern and not text.startswith("<") and not re.fullmatch(pattern, text):
        raise ValueError(f"{key}: {text!r} does not match {pattern}")
    allowed = declared.get("AllowedValues")
    if allowed and text not in map(str, allowed):
        raise ValueError(f"{key}: {text!r} is none of {allowed}")
    if declared["Type"].startswith("List<"):
        return text.split(",")
    return value


def installation(pseudo=PSEUDO, **parameters):
    """The whole installation, from the root template down."""
    return Stack("ticketly.yaml", {**REQUIRED, **parameters}, pseudo=pseudo)
