"""The servers: how a machine comes, what it may do, and how it goes."""

import base64
import re

import pytest
from cinema import ROOT
from policies import allows, bucket, trusted
from templates import OWN, SECURE, installation

INSTALLATION = installation(**SECURE)
SERVERS = INSTALLATION.parts["Servers"]
GROUP = SERVERS.one("AWS::AutoScaling::AutoScalingGroup")
MACHINE = SERVERS.one("AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
(GROUP_NAME,) = SERVERS.of_type("AWS::AutoScaling::AutoScalingGroup")
MADE = SERVERS.resources[GROUP_NAME]
SITE = "https://<Static.Distribution.DomainName>"


def seconds(text):
    """Of a duration as CloudFormation writes it."""
    return 60 * int(re.fullmatch(r"PT(\d+)M", text)[1])


def statements():
    for made in SERVERS.of_type("AWS::IAM::Role").values():
        if made["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {
            "Service": "ec2.amazonaws.com"
        }:
            for policy in made["Properties"]["Policies"]:
                yield from policy["PolicyDocument"]["Statement"]


def resources(action):
    """On what the servers may do something."""
    found = []
    for one in statements():
        if action in (one["Action"] if isinstance(one["Action"], list) else [one["Action"]]):
            found += one["Resource"] if isinstance(one["Resource"], list) else [one["Resource"]]
    return found


def exported(machine):
    """The settings that the script of a machine hands to its boot."""
    lines = re.findall(r"^export (.*)$", machine["UserData"], re.M)
    return dict(setting for line in lines for setting in re.findall(r"(\w+)='([^']*)'", line))


def hook(script):
    """The group's hook that a machine's script completes."""
    (name,) = re.findall(r"^complete_step (\w+)$", (ROOT / "infra/machine/aws" / script).read_text(), re.M)
    hooks = GROUP["LifecycleHookSpecificationList"]
    (found,) = [found for found in hooks if found["LifecycleHookName"] == name]
    return found


def test_credentials_are_given_to_programs_on_the_machine_alone():
    options = MACHINE["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpEndpoint"]) == ("required", "enabled")
    assert options["HttpPutResponseHopLimit"] == 1
    assert "KeyName" not in MACHINE, "nobody logs in by SSH"


def test_a_disk_is_encrypted_and_goes_with_its_machine():
    (disk,) = MACHINE["BlockDeviceMappings"]
    assert disk["Ebs"]["Encrypted"] is True
    assert disk["Ebs"]["DeleteOnTermination"] is True
    assert disk["DeviceName"] == "/dev/xvda" and disk["Ebs"]["VolumeSize"] >= 8, "as the image of Amazon Linux 2023 has"


def test_a_server_sends_to_all_of_aws_and_only_by_tls():
    group = SERVERS.one("AWS::EC2::SecurityGroup")
    (rule,) = group["SecurityGroupEgress"]
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"], rule["CidrIp"]) == ("tcp", 443, 443, "0.0.0.0/0")


@pytest.mark.parametrize(
    "network", [{}, {"Vpc": "vpc-0a", "BalancerSubnets": "subnet-0a,subnet-0b", "ServerSubnets": "subnet-0c"}]
)
def test_only_the_stacks_own_network_has_public_addresses(network):
    part = installation(**SECURE, **network).parts["Servers"]
    (interface,) = part.one("AWS::EC2::LaunchTemplate")["LaunchTemplateData"]["NetworkInterfaces"]
    assert interface["AssociatePublicIpAddress"] is (network == {})
    assert interface["Groups"] == ["<Servers.SecurityGroup.GroupId>"]
    subnets = network.get("ServerSubnets", "<Network.FirstSubnet>,<Network.SecondSubnet>").split(",")
    assert part.one("AWS::AutoScaling::AutoScalingGroup")["VPCZoneIdentifier"] == subnets


def test_what_is_installed_has_the_checksum_that_was_given():
    script = MACHINE["UserData"].splitlines()
    download, check, unpack = (
        next(number for number, line in enumerate(script) if words in line)
        for words in ("aws s3 cp", "sha256sum --check", "tar -x")
    )
    assert download < check < unpack
    assert INSTALLATION.parameters["Sha256"] in script[check]
    assert "set -euo pipefail" in script


def test_the_start_is_signalled_to_its_stack():
    stack = SERVERS.pseudo["AWS::StackName"]
    assert f"--stack {stack} --resource {GROUP_NAME}" in MACHINE["UserData"]
    assert "cfn-signal -e $?" in MACHINE["UserData"]
    assert MADE["CreationPolicy"]["ResourceSignal"]["Count"] == INSTALLATION.parameters["MinServers"]


def test_no_secret_is_in_the_user_data_but_the_names_of_secrets():
    assert "ADMIN_KEY='<Data.AdminKey>'" in MACHINE["UserData"]
    assert "SCHEDULER_KEY='<Data.SchedulerKey>'" in MACHINE["UserData"]
    assert "resolve:secretsmanager" not in MACHINE["UserData"]


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ({}, SITE),
        ({"AllowOrigin": "https://cinema.example"}, f"{SITE},https://cinema.example"),
        ({"AllowOrigin": "http://localhost:8080", "Site": "no"}, "http://localhost:8080"),
        ({"Site": "no"}, ""),
    ],
)
def test_servers_allow_the_origin_of_the_site(given, allowed):
    machine = installation(**SECURE, **given).parts["Servers"].one("AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    assert f" ALLOW_ORIGIN='{allowed}'\n" in machine["UserData"]


def test_the_user_data_sets_all_that_the_boot_reads():
    read = re.findall(r"^(?:required|optional)=\((.*)\)$", (ROOT / "infra/machine/aws/boot").read_text(), re.M)
    assert len(read) == 2
    assert set(exported(MACHINE)) == set(" ".join(read).split())


def test_servers_have_the_pages_and_the_name_that_were_chosen():
    # The name is encoded: it may have a character that ends a quoted text.
    named = {"CinemaName": OWN["CinemaName"], "Pages": "no"}
    for given, name, pages in (({}, "Ticketly", "on"), (named, OWN["CinemaName"], "off")):
        machine = installation(**SECURE, **given).parts["Servers"].one("AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
        settings = exported(machine)
        assert (base64.b64decode(settings["CINEMA_NAME"]).decode(), settings["PAGES"]) == (name, pages)


def test_servers_erase_names_only_after_days_that_were_chosen():
    for given in ({}, {"EraseAfter": OWN["EraseAfter"]}):
        machine = installation(**SECURE, **given).parts["Servers"].one("AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
        assert exported(machine)["ERASE_AFTER"] == given.get("EraseAfter", "")


def test_servers_fetch_the_look_of_their_cinema_from_the_bucket():
    for given in ({}, {"Theme": OWN["Theme"]}, {"Logo": OWN["Logo"]}, OWN):
        part = installation(**{**SECURE, **given}).parts["Servers"]
        settings = exported(part.one("AWS::EC2::LaunchTemplate")["LaunchTemplateData"])
        assert settings["BUCKET"] == part.parameters["Bucket"]
        for name in ("Theme", "Logo"):
            assert settings[name.upper()] == given.get(name, "")
            wanted = bucket(settings["BUCKET"], OWN[name])
            assert allows(part, "Role", "s3:GetObject", wanted) is (name in given), (name, given)
        assert settings["ALLOW_EMBEDDING"] == given.get("AllowEmbedding", "")


def test_payments_are_taken_only_with_a_provider():
    assert [exported(MACHINE)[f"PAYMENT_{name}"] for name in ("PROVIDER", "TOKEN", "SECRET")] == ["", "", ""]
    stack = installation(**OWN)
    servers = stack.parts["Servers"]
    settings = exported(servers.one("AWS::EC2::LaunchTemplate")["LaunchTemplateData"])
    assert settings["PAYMENT_PROVIDER"] == OWN["PaymentProvider"]
    assert (settings["PAYMENT_TOKEN"], settings["PAYMENT_SECRET"]) == ("<Data.PaymentToken>", "<Data.PaymentSecret>")
    for secret in (settings["PAYMENT_TOKEN"], settings["PAYMENT_SECRET"]):
        assert allows(servers, "Role", "secretsmanager:GetSecretValue", secret)
        assert not allows(SERVERS, "Role", "secretsmanager:GetSecretValue", secret)
    # The bridge is reached by the port on which alone servers send.
    assert OWN["PaymentProvider"].startswith("https://")
    with pytest.raises(ValueError, match="PaymentProvider"):
        installation(PaymentProvider="https://bridge.example:8443")


def test_a_server_reads_only_the_release_and_two_secrets():
    def reads(key):
        return allows(SERVERS, "Role", "s3:GetObject", bucket("releases", key))

    # Also an earlier or a later one: servers of both start while one replaces the other.
    for version in (INSTALLATION.parameters["Version"], "0.0.9", "7.0.0"):
        assert reads(f"{version}/ticketly-{version}-linux-aarch64.tar.gz"), version
    assert not reads("0.1.0/templates/servers.yaml") and not reads("customers.csv")
    assert not allows(SERVERS, "Role", "s3:GetObject", bucket("others", "0.1.0/ticketly-0.1.0-linux-aarch64.tar.gz"))
    assert resources("secretsmanager:GetSecretValue") == ["<Data.AdminKey>", "<Data.SchedulerKey>"]
    services = {
        action.split(":")[0]
        for one in statements()
        for action in (one["Action"] if isinstance(one["Action"], list) else [one["Action"]])
    }
    assert services == {"dynamodb", "s3", "secretsmanager", "logs", "autoscaling", "ssm", "ssmmessages"}


def test_a_server_writes_its_log_and_the_log_is_forgotten():
    log = SERVERS.one("AWS::Logs::LogGroup")
    assert log["RetentionInDays"] == INSTALLATION.parameters["LogDays"]
    assert set(resources("logs:PutLogEvents")) == set(resources("logs:CreateLogStream")) == {"<Servers.Log.Arn>"}
    assert "LOG_GROUP='<Servers.Log>'" in MACHINE["UserData"]


def test_a_server_is_one_of_the_group_only_when_it_serves():
    serve = hook("boot")
    assert serve["LifecycleTransition"] == "autoscaling:EC2_INSTANCE_LAUNCHING"
    assert serve["DefaultResult"] == "ABANDON"
    assert serve["HeartbeatTimeout"] >= seconds(MADE["CreationPolicy"]["ResourceSignal"]["Timeout"])


def test_what_is_not_ready_is_replaced():
    assert GROUP["HealthCheckType"] == "ELB"
    assert GROUP["TargetGroupARNs"] == ["<Balancer.TargetGroup>"]
    assert GROUP["MinSize"] < GROUP["MaxSize"]
    # A server joins the group when it serves, and needs no long grace.
    assert 0 < GROUP["HealthCheckGracePeriod"] <= 300
    policy = GROUP["InstanceMaintenancePolicy"]
    assert policy["MinHealthyPercentage"] == 100 < policy["MaxHealthyPercentage"] <= 200


def test_an_update_brings_new_servers_before_old_ones_go():
    update = MADE["UpdatePolicy"]["AutoScalingRollingUpdate"]
    assert update["WaitOnResourceSignals"] is True
    assert update["MinInstancesInService"] == GROUP["MinSize"]
    assert update["MinInstancesInService"] < GROUP["MaxSize"]
    assert seconds(update["PauseTime"]) >= 300
    version = GROUP["LaunchTemplate"]["Version"]
    assert version == "<Servers.Machine.LatestVersionNumber>"


def test_a_server_that_has_to_go_finishes_what_it_is_at():
    drain = hook("drain")
    assert drain["LifecycleTransition"] == "autoscaling:EC2_INSTANCE_TERMINATING"
    # It lingers 25 s, requests in flight take 30 s at most, and it has to notice.
    assert drain["HeartbeatTimeout"] >= 90
    assert drain["DefaultResult"] == "CONTINUE"
    (resource,) = resources("autoscaling:CompleteLifecycleAction")
    assert resource.endswith(f":autoScalingGroupName/{GROUP['AutoScalingGroupName']}")
    assert f"GROUP='{GROUP['AutoScalingGroupName']}'" in MACHINE["UserData"]


def test_requests_and_network_load_add_servers():
    targets = {}
    for made in SERVERS.of_type("AWS::AutoScaling::ScalingPolicy").values():
        assert made["Properties"]["AutoScalingGroupName"] == f"<Servers.{GROUP_NAME}>"
        tracking = made["Properties"]["TargetTrackingConfiguration"]
        assert made["Properties"]["PolicyType"] == "TargetTrackingScaling"
        assert not tracking.get("DisableScaleIn", False), "what came goes again"
        metric = tracking["PredefinedMetricSpecification"]
        targets[metric["PredefinedMetricType"]] = (tracking["TargetValue"], metric.get("ResourceLabel"))
    label = "<Balancer.Balancer.LoadBalancerFullName>/<Balancer.TargetGroup.TargetGroupFullName>"
    assert targets == {
        "ALBRequestCountPerTarget": (INSTALLATION.parameters["RequestsPerServer"], label),
        "ASGAverageNetworkOut": (INSTALLATION.parameters["NetworkOutPerServer"], None),
    }
    assert MACHINE["Monitoring"]["Enabled"] is True, "the load is told each minute"


def test_a_new_machine_has_the_newest_image():
    assert MACHINE["ImageId"].startswith("resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-")
    assert MACHINE["ImageId"].endswith(INSTALLATION.parameters["Architecture"])
    assert GROUP["MaxInstanceLifetime"] == 21 * 24 * 3600, "for when the weekly renewal fails"


def test_only_machines_have_the_role_of_the_servers():
    assert trusted(SERVERS, "Role") == ({"Service": "ec2.amazonaws.com"}, {})
    assert SERVERS.one("AWS::IAM::InstanceProfile")["Roles"] == ["<Servers.Role>"]
    assert MACHINE["IamInstanceProfile"] == {"Arn": "<Servers.Profile.Arn>"}


def test_an_update_suspends_only_what_would_disturb_it():
    suspended = set(MADE["UpdatePolicy"]["AutoScalingRollingUpdate"]["SuspendProcesses"])
    # Else a new server is never started, never gets a request, or an old one never goes.
    assert not suspended & {"Launch", "Terminate", "AddToLoadBalancer"}
    # Else these end servers, or start more, while it replaces them.
    assert suspended >= {"ReplaceUnhealthy", "AZRebalance", "AlarmNotification", "ScheduledActions"}


def test_the_group_publishes_the_metrics_that_alarms_look_at():
    (collection,) = GROUP["MetricsCollection"]
    assert collection["Granularity"] == "1Minute"
    alarms = repr(INSTALLATION.parts["Watch"].resources) + repr(INSTALLATION.parts["Dashboard"].resources)
    needed = set(re.findall(r"\b(Group[A-Z]\w+)", alarms))
    assert needed >= {"GroupInServiceInstances", "GroupMaxSize", "GroupMinSize"}
    assert needed <= set(collection.get("Metrics", needed))


@pytest.mark.parametrize(
    "action",
    [
        "ssm:UpdateInstanceInformation",
        *(f"ssmmessages:{verb}{kind}Channel" for verb in ("Create", "Open") for kind in ("Control", "Data")),
    ],
)
def test_a_shell_opens_by_the_session_manager(action):
    assert resources(action) == ["*"]
