"""The installation deployed to an emulator of AWS, part by part.

The emulator hands no outputs of a part to another, so that the root template is followed here: each part is made by
CloudFormation from its template in the bucket, with what the root template gives it, and with the real names of what
the parts before it made. CloudFormation computes the functions, so that what comes of it can be compared with what
`templates.py` makes of them. Types that the emulator's CloudFormation does not know are left out of what it gets, and
made by calls of their services, if these are known.
"""

import json
import re
import sys
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import boto3
import yaml
from attributes import attribute
from cinema import REGION, bare, free_port, listens, running, until
from makers import COMPLETED, MADE, UNMADE
from templates import EMULATED, FOLDER, OWN, REQUIRED, SECURE, Loader, Stack, installation, part_of

PLACEHOLDER = re.compile(r"<([A-Za-z]+)\.([A-Za-z0-9]+)(?:\.([A-Za-z0-9]+))?>")

UNKNOWN = {*MADE, *UNMADE}
"""Types that the emulator's CloudFormation does not know."""


class Aws:
    """The services of an emulator, each by its name."""

    def __init__(self, endpoint):
        self.settings = dict(
            endpoint_url=endpoint, region_name=REGION, aws_access_key_id="nobody", aws_secret_access_key="nobody"
        )

    def __getattr__(self, service):
        client = boto3.client(service, **self.settings)
        setattr(self, service, client)
        return client


@contextmanager
def emulator():
    """An emulator of AWS on a port of its own."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("moto_server")), "-p", str(port)]
    with running(command, bare()) as (process, _):
        until(lambda: process.poll() is not None or listens(port), "the start of the emulator")
        assert process.poll() is None, "the emulator did not start"
        yield Aws(f"http://127.0.0.1:{port}")


class Deployment(Stack):
    """The root template, with parts that are really made."""

    def __init__(self, aws, **parameters):
        self.aws = aws
        self.ids = {}
        """What each resource is really called, by part and logical name."""
        self.resolved = installation(EMULATED, **parameters)
        super().__init__("ticketly.yaml", {**REQUIRED, **parameters}, pseudo=EMULATED)

    def _make(self, key):
        resource = self.template["Resources"][key]
        if not self.holds(resource.get("Condition")):
            return
        properties = self.resolve(resource["Properties"])
        name = part_of(self.pseudo, key)["AWS::StackName"]
        self.aws.cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(known(self._fetched(properties["TemplateURL"]), key)),
            Parameters=[{"ParameterKey": k, "ParameterValue": str(v)} for k, v in properties["Parameters"].items()],
        )
        made = self.aws.cloudformation.describe_stack_resources(StackName=name)["StackResources"]
        found = {one.get("LogicalResourceId"): one.get("PhysicalResourceId") for one in made}
        part = self.resolved.parts[key]
        self.ids |= {(key, logical): found[logical] for logical in part.resources if found.get(logical)}
        for logical in part.in_order():
            self._finish(key, logical, part.resources[logical])
        self.parts[key] = SimpleNamespace(outputs=self.real(part.outputs))

    def _fetched(self, url):
        bucket, host, path = re.fullmatch(r"https://([^./]+)[.]([^/]+)/(.+)", url).groups()
        assert host == f"s3.{REGION}.amazonaws.com"
        return yaml.load(self.aws.s3.get_object(Bucket=bucket, Key=path)["Body"].read(), Loader)

    def _finish(self, key, logical, resource):
        kind = resource["Type"]
        if (key, logical) not in self.ids and kind in MADE:
            self.ids[key, logical] = MADE[kind](self.aws, self.real(resource["Properties"]), logical)
        elif kind in COMPLETED:
            COMPLETED[kind](self.aws, self.ids[key, logical], self.real(resource["Properties"]))

    def real(self, value, without=None):
        """A resolved value with what things are really called instead of placeholders. Without those of a part that its
        CloudFormation was not told, for being of types that it does not know."""
        if isinstance(value, dict):
            return {self.real(key, without): self.real(inner, without) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.real(inner, without) for inner in value]
        if not isinstance(value, str):
            return value

        def name(match):
            part, logical, wanted = match.groups()
            kind = self.resolved.parts[part].resources[logical]["Type"]
            if (part, logical) not in self.ids or part == without and kind in UNKNOWN:
                return match[0]
            return str(attribute(self.aws, kind, self.ids[part, logical], wanted))

        return PLACEHOLDER.sub(name, value)

    def made(self):
        """Every resource of every part: its full name, type, real name and real properties."""
        for key, part in self.resolved.parts.items():
            for logical, resource in part.resources.items():
                kind = resource["Type"]
                properties = self.real(resource["Properties"], without=None if kind in UNKNOWN else key)
                yield f"{key}.{logical}", kind, self.ids.get((key, logical)), properties


def known(template, label):
    """A template without what the emulator's CloudFormation does not know, and placeholders for what refers to it."""
    out = {key for key, resource in template["Resources"].items() if resource["Type"] in UNKNOWN}

    def kept(value):
        if isinstance(value, list):
            return [kept(inner) for inner in value]
        if isinstance(value, str):
            return re.sub(
                r"\$\{(\w+)((?:\.\w+)?)\}", lambda m: f"<{label}.{m[1]}{m[2]}>" if m[1] in out else m[0], value
            )
        if not isinstance(value, dict):
            return value
        match value:
            case {"Ref": name} if name in out:
                return f"<{label}.{name}>"
            case {"Fn::GetAtt": [name, wanted]} if name in out:
                return f"<{label}.{name}.{wanted}>"
        return {key: kept(inner) for key, inner in value.items() if key != "DependsOn" or inner not in out}

    resources = {key: kept(resource) for key, resource in template["Resources"].items() if key not in out}
    return {**template, "Resources": resources, "Outputs": {}}


def prepared(aws, version):
    """What there is before an installation: the release in its bucket, a hosted zone and a certificate. Returns
    parameters."""
    aws.s3.create_bucket(Bucket=REQUIRED["Bucket"], CreateBucketConfiguration={"LocationConstraint": REGION})
    for path in FOLDER.glob("*.yaml"):
        aws.s3.put_object(Bucket=REQUIRED["Bucket"], Key=f"{version}/templates/{path.name}", Body=path.read_bytes())
    certificate = aws.acm.request_certificate(DomainName=SECURE["HostName"])["CertificateArn"]
    # The emulator gives zones any letter first; AWS, and the pattern of the parameter, always the same.
    zones = (
        aws.route53.create_hosted_zone(Name="example.org", CallerReference=str(number))["HostedZone"]["Id"]
        for number in count()
    )
    zone = next(one for one in (zone.rsplit("/", 1)[1] for zone in zones) if one.startswith("Z"))
    more = {"PaymentProvider": OWN["PaymentProvider"]}
    return {**SECURE, **more, "Certificate": certificate, "HostedZone": zone}
