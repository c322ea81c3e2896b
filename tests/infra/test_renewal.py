"""The weekly renewal: that it begins, at an hour at which nobody buys, may do what it has to, and ends no server too early."""

import json
import re

import botocore.session
from botocore.validate import ParamValidator
from cinema import ROOT
from policies import allows, trusted
from templates import ACCOUNT, SECURE, arn, installation

SERVERS = installation(**SECURE, TimeZone="Asia/Kolkata").parts["Servers"]
RENEWAL = SERVERS.one("AWS::Scheduler::Schedule")
GROUP = SERVERS.one("AWS::AutoScaling::AutoScalingGroup")
MACHINE = SERVERS.one("AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
PAGE = (ROOT / "docs/deploy.md").read_text()


def role():
    """The role that the schedule takes."""
    return re.fullmatch(r"<Servers\.(\w+)\.Arn>", RENEWAL["Target"]["RoleArn"])[1]


def may(action, resource, **context):
    return allows(SERVERS, role(), action, resource, {key.replace("_", ":"): value for key, value in context.items()})


def test_it_begins_each_week_on_the_day_that_the_page_names():
    minute, hour, *days, year = re.fullmatch(r"cron\((.*)\)", RENEWAL["ScheduleExpression"])[1].split()
    (day,) = re.findall(r"^Every (\w+) night, servers with the newest system image replace", PAGE, re.M)
    assert days == ["?", "*", day[:3].upper()] and year == "*"
    assert minute.isdigit() and 2 <= int(hour) <= 5
    assert RENEWAL["ScheduleExpressionTimezone"] == "Asia/Kolkata"
    assert RENEWAL.get("State", "ENABLED") == "ENABLED"
    assert RENEWAL["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert not {"StartDate", "EndDate"} & set(RENEWAL)


def test_it_asks_for_a_refresh_that_brings_new_servers_before_old_ones_go():
    service, action = RENEWAL["Target"]["Arn"].removeprefix("arn:aws-test:scheduler:::aws-sdk:").split(":")
    model = botocore.session.get_session().get_service_model(service)
    operation = model.operation_model(action[0].upper() + action[1:])
    assert operation.name == "StartInstanceRefresh"
    wanted = json.loads(RENEWAL["Target"]["Input"])
    report = ParamValidator().validate(wanted, operation.input_shape)
    assert not report.has_errors(), report.generate_report()
    assert wanted["AutoScalingGroupName"] == "<Servers.Group>"
    preferences = wanted["Preferences"]
    assert preferences["MinHealthyPercentage"] == 100 < preferences["MaxHealthyPercentage"] <= 200
    # Else a refresh passes over machines of the same template, which is what all have.
    assert not preferences.get("SkipMatching", False)


def test_it_is_tried_again_but_not_into_the_day():
    policy = RENEWAL["Target"]["RetryPolicy"]
    assert policy["MaximumRetryAttempts"] > 0 and 600 <= policy["MaximumEventAgeInSeconds"] <= 2 * 3600


def test_only_the_scheduler_of_this_account_takes_its_role():
    principal, condition = trusted(SERVERS, role())
    assert principal == {"Service": "scheduler.amazonaws.com"}
    assert condition == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_its_role_may_do_what_a_refresh_does():
    """AWS asks of who starts a refresh what it asks of who launches the machines."""
    group = arn("autoscaling", f"autoScalingGroup:0a-1b:autoScalingGroupName/{GROUP['AutoScalingGroupName']}")
    assert may("autoscaling:StartInstanceRefresh", group)
    template = arn("ec2", "launch-template/<Servers.Machine>")
    for what in ("instance/i-0a", "subnet/subnet-0a", "volume/vol-0a", "security-group/sg-0a"):
        assert may("ec2:RunInstances", arn("ec2", what), ec2_LaunchTemplate=template), what
    assert may("ec2:CreateTags", arn("ec2", "instance/i-0a"), ec2_CreateAction="RunInstances")
    assert may("iam:PassRole", "<Servers.Role.Arn>", iam_PassedToService="ec2.amazonaws.com")
    image = MACHINE["ImageId"].removeprefix("resolve:ssm:/")
    assert may("ssm:GetParameters", arn("ssm", f"parameter/{image}", account=""))


def test_its_role_may_do_nothing_to_others():
    other = arn("autoscaling", "autoScalingGroup:0a-1b:autoScalingGroupName/other-servers")
    assert not may("autoscaling:StartInstanceRefresh", other)
    template = arn("ec2", "launch-template/lt-0f")
    assert not may("ec2:RunInstances", arn("ec2", "instance/i-0a"), ec2_LaunchTemplate=template)
    assert not may("ec2:CreateTags", arn("ec2", "instance/i-0a"))
    assert not may("iam:PassRole", "<Servers.Role.Arn>", iam_PassedToService="lambda.amazonaws.com")
    assert not may("iam:PassRole", "<Servers.Other.Arn>", iam_PassedToService="ec2.amazonaws.com")
