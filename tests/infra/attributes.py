"""What a Ref and a GetAtt give, by type: worked out from the real name of the resource, or asked of its service."""

from cinema import REGION

ACCOUNT = "123456789012"


def _balancer(aws, arn):
    (found,) = aws.elbv2.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    return found


def _launch_template(aws, known):
    (found,) = aws.ec2.describe_launch_templates(LaunchTemplateIds=[known])["LaunchTemplates"]
    return found


def _arn(service, what):
    return lambda aws, known: f"arn:aws:{service}:{REGION}:{ACCOUNT}:{what}{known}"


ATTRIBUTES = {
    "AWS::EC2::SecurityGroup": {"GroupId": lambda aws, known: known},
    "AWS::EC2::LaunchTemplate": {
        "LatestVersionNumber": lambda aws, known: _launch_template(aws, known)["LatestVersionNumber"]
    },
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {
        "DNSName": lambda aws, arn: _balancer(aws, arn)["DNSName"],
        "CanonicalHostedZoneID": lambda aws, arn: _balancer(aws, arn)["CanonicalHostedZoneId"],
        "LoadBalancerFullName": lambda aws, arn: arn.split("loadbalancer/")[1],
    },
    "AWS::ElasticLoadBalancingV2::TargetGroup": {"TargetGroupFullName": lambda aws, arn: arn.split(":")[-1]},
    "AWS::IAM::Role": {"Arn": lambda aws, name: f"arn:aws:iam::{ACCOUNT}:role/{name}"},
    "AWS::IAM::InstanceProfile": {"Arn": lambda aws, name: f"arn:aws:iam::{ACCOUNT}:instance-profile/{name}"},
    # AWS adds ":*", the emulator does not.
    "AWS::Logs::LogGroup": {"Arn": lambda aws, name: f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}"},
    "AWS::S3::Bucket": {
        "Arn": lambda aws, name: f"arn:aws:s3:::{name}",
        "RegionalDomainName": lambda aws, name: f"{name}.s3.{REGION}.amazonaws.com",
    },
    "AWS::SQS::Queue": {
        "Arn": lambda aws, url: f"arn:aws:sqs:{REGION}:{ACCOUNT}:{url.rsplit('/', 1)[1]}",
        "QueueName": lambda aws, url: url.rsplit("/", 1)[1],
    },
    "AWS::Events::EventBus": {"Arn": _arn("events", "event-bus/")},
    "AWS::Events::Rule": {
        "Arn": lambda aws, known: f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{known.replace('|', '/')}"
    },
    "AWS::Events::Connection": {"Arn": lambda aws, name: aws.events.describe_connection(Name=name)["ConnectionArn"]},
    "AWS::Events::ApiDestination": {
        "Arn": lambda aws, name: aws.events.describe_api_destination(Name=name)["ApiDestinationArn"]
    },
    "AWS::Scheduler::ScheduleGroup": {"Arn": _arn("scheduler", "schedule-group/")},
    "AWS::WAFv2::WebACL": {"Arn": lambda aws, known: known},
    "AWS::StepFunctions::StateMachine": {"Name": lambda aws, arn: arn.rsplit(":", 1)[1]},
}


def attribute(aws, kind, known, name):
    """An attribute of a resource; without a name, what a Ref gives."""
    if name is None:
        return known
    if name not in ATTRIBUTES.get(kind, {}):
        raise NotImplementedError(f"the attribute {name} of {kind}")
    return ATTRIBUTES[kind][name](aws, known)
