"""Every resource read back from its own service, in the form of the template's properties.

A reader gives what the service tells; a property that it does not give must be in `UNTOLD`, or a check fails.
"""

import ast
import base64
import json

from cinema import REGION


def _one(found):
    (only,) = found
    return only


def _vpc(aws, known, properties):
    attributes = {
        name: aws.ec2.describe_vpc_attribute(VpcId=known, Attribute=name[0].lower() + name[1:])[name]["Value"]
        for name in ("EnableDnsSupport", "EnableDnsHostnames")
    }
    found = _one(aws.ec2.describe_vpcs(VpcIds=[known])["Vpcs"])
    return {**found, **attributes, "Tags": tags(found)}


def tags(found):
    """The tags of a thing but for CloudFormation's own."""
    return [one for one in found["Tags"] if not one["Key"].startswith("aws:")]


def _subnet(aws, known, properties):
    found = _one(aws.ec2.describe_subnets(SubnetIds=[known])["Subnets"])
    # The emulator's CloudFormation takes zones of the region that it thinks the default.
    return {**found, "AvailabilityZone": found["AvailabilityZone"].replace("us-east-1", REGION), "Tags": tags(found)}


def _gateway_of_vpc(aws, known, properties):
    found = _one(
        aws.ec2.describe_internet_gateways(InternetGatewayIds=[properties["InternetGatewayId"]])["InternetGateways"]
    )
    return {"InternetGatewayId": found["InternetGatewayId"], "VpcId": _one(found["Attachments"])["VpcId"]}


def _route(aws, known, properties):
    table = _one(aws.ec2.describe_route_tables(RouteTableIds=[properties["RouteTableId"]])["RouteTables"])
    to = [one for one in table["Routes"] if one.get("DestinationCidrBlock") == properties["DestinationCidrBlock"]]
    return {**_one(to), "RouteTableId": table["RouteTableId"]}


def _association(aws, known, properties):
    table = _one(aws.ec2.describe_route_tables(RouteTableIds=[properties["RouteTableId"]])["RouteTables"])
    return _one(one for one in table["Associations"] if one["RouteTableAssociationId"] == known)


def rules(permissions, side):
    """The rules of a security group, one by one, as templates write them; `side` is Source or Destination."""
    for one in permissions:
        rule = {key: one[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in one}
        for cidr in one["IpRanges"]:
            yield {**rule, "CidrIp": cidr["CidrIp"]}
        for pair in one["UserIdGroupPairs"]:
            yield {**rule, f"{side}SecurityGroupId": pair["GroupId"]}


def _security_group(aws, known, properties):
    found = _one(aws.ec2.describe_security_groups(GroupIds=[known])["SecurityGroups"])
    return {
        "GroupDescription": found["Description"],
        "VpcId": found["VpcId"],
        "Tags": tags(found),
        "SecurityGroupIngress": list(rules(found["IpPermissions"], "Source")),
        "SecurityGroupEgress": list(rules(found["IpPermissionsEgress"], "Destination")),
    }


def _rule_of_group(permissions, side):
    def read(aws, known, properties):
        found = _one(aws.ec2.describe_security_groups(GroupIds=[properties["GroupId"]])["SecurityGroups"])
        wanted = {key: value for key, value in properties.items() if key not in ("GroupId", "Description")}
        return {**_one(rule for rule in rules(found[permissions], side) if rule == wanted), "GroupId": found["GroupId"]}

    return read


def _launch_template(aws, known, properties):
    versions = aws.ec2.describe_launch_template_versions(LaunchTemplateId=known, Versions=["$Latest"])
    data = _one(versions["LaunchTemplateVersions"])["LaunchTemplateData"]
    return {"LaunchTemplateData": {**data, "UserData": base64.b64decode(data["UserData"]).decode()}}


def _balancer(aws, arn, properties):
    found = _one(aws.elbv2.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"])
    attributes = aws.elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    subnets = [zone["SubnetId"] for zone in found["AvailabilityZones"]]
    return {
        **found,
        "Subnets": subnets,
        "LoadBalancerAttributes": _chosen(attributes, properties["LoadBalancerAttributes"]),
    }


def _chosen(attributes, wanted):
    """Those of all attributes that the template sets."""
    return [one for one in attributes if one["Key"] in {setting["Key"] for setting in wanted}]


def _target_group(aws, arn, properties):
    found = _one(aws.elbv2.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"])
    attributes = aws.elbv2.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
    return {**found, "TargetGroupAttributes": _chosen(attributes, properties["TargetGroupAttributes"])}


def _record(aws, known, properties):
    sets = aws.route53.list_resource_record_sets(HostedZoneId=properties["HostedZoneId"])["ResourceRecordSets"]
    found = _one(
        one for one in sets if one["Name"].rstrip(".") == properties["Name"] and one["Type"] == properties["Type"]
    )
    alias = {**found["AliasTarget"], "DNSName": found["AliasTarget"]["DNSName"].rstrip(".")}
    return {**found, "Name": properties["Name"], "HostedZoneId": properties["HostedZoneId"], "AliasTarget": alias}


def _bucket(aws, name, properties):
    found = aws.s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    encryption = [{"ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"]} for rule in found]
    seen = {
        "BucketEncryption": {"ServerSideEncryptionConfiguration": encryption},
        **aws.s3.get_public_access_block(Bucket=name),
        **aws.s3.get_bucket_ownership_controls(Bucket=name),
    }
    versioning = aws.s3.get_bucket_versioning(Bucket=name).get("Status")
    return {**seen, "VersioningConfiguration": {"Status": versioning}}


def _bucket_policy(aws, name, properties):
    return {"Bucket": name, "PolicyDocument": json.loads(aws.s3.get_bucket_policy(Bucket=name)["Policy"])}


def table(dynamodb, name):
    """What a service says of a table, in the words of CloudFormation; nothing of recovery where it does not know that."""
    found = dynamodb.describe_table(TableName=name)["Table"]
    to_live = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    keys = ("IndexName", "KeySchema", "Projection")
    told = {
        "TableName": found["TableName"],
        "BillingMode": found["BillingModeSummary"]["BillingMode"],
        "DeletionProtectionEnabled": found["DeletionProtectionEnabled"],
        "AttributeDefinitions": sorted(found["AttributeDefinitions"], key=lambda one: one["AttributeName"]),
        "KeySchema": found["KeySchema"],
        "GlobalSecondaryIndexes": sorted(
            ({key: index[key] for key in keys} for index in found["GlobalSecondaryIndexes"]),
            key=lambda one: one["IndexName"],
        ),
        "TimeToLiveSpecification": {
            "AttributeName": to_live.get("AttributeName"),
            "Enabled": to_live["TimeToLiveStatus"] == "ENABLED",
        },
    }
    try:
        backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    except dynamodb.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "UnknownOperationException":
            raise
        return told
    status = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    return {**told, "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": status == "ENABLED"}}


def _role(aws, name, properties):
    role = aws.iam.get_role(RoleName=name)["Role"]
    policies = []
    for policy in aws.iam.list_role_policies(RoleName=name)["PolicyNames"]:
        document = aws.iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        # The emulator's CloudFormation keeps it as Python writes it.
        document = ast.literal_eval(document) if isinstance(document, str) else document
        policies.append({"PolicyName": policy, "PolicyDocument": document})
    return {**role, "Policies": policies}


def _managed_policy(aws, arn, properties):
    policy = aws.iam.get_policy(PolicyArn=arn)["Policy"]
    version = aws.iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    return {**policy, "PolicyDocument": version["Document"]}


def _profile(aws, name, properties):
    roles = aws.iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]
    return {"Roles": [role["RoleName"] for role in roles]}


def _log_group(aws, name, properties):
    groups = aws.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    found = _one(group for group in groups if group["logGroupName"] == name)
    return {"LogGroupName": name, "RetentionInDays": found["retentionInDays"]}


def _metric_filter(aws, name, properties):
    found = aws.logs.describe_metric_filters(logGroupName=properties["LogGroupName"], filterNamePrefix=name)[
        "metricFilters"
    ]
    found = _one(found)
    capital = lambda one: {key[0].upper() + key[1:]: value for key, value in one.items()}
    return {**capital(found), "MetricTransformations": [capital(one) for one in found["metricTransformations"]]}


def _group(aws, name, properties):
    found = _one(aws.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"])
    hooks = aws.autoscaling.describe_lifecycle_hooks(AutoScalingGroupName=name)["LifecycleHooks"]
    return {
        **found,
        "VPCZoneIdentifier": found["VPCZoneIdentifier"].split(","),
        "LifecycleHookSpecificationList": hooks,
        "Tags": tags(found),
    }


def _scaling(aws, name, properties):
    return _one(aws.autoscaling.describe_policies(PolicyNames=[name])["ScalingPolicies"])


def _secret(aws, arn, properties):
    return aws.secretsmanager.describe_secret(SecretId=arn)


def _alarm(aws, name, properties):
    return _one(aws.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"])


def _queue(aws, url, properties):
    return aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def _queue_policy(aws, url, properties):
    return {"Queues": [url], "PolicyDocument": json.loads(_queue(aws, url, properties)["Policy"])}


def _topic(aws, arn, properties):
    return aws.sns.get_topic_attributes(TopicArn=arn)["Attributes"]


def _topic_policy(aws, arn, properties):
    return {"Topics": [arn], "PolicyDocument": json.loads(_topic(aws, arn, properties)["Policy"])}


def _subscription(aws, arn, properties):
    found = aws.sns.list_subscriptions_by_topic(TopicArn=properties["TopicArn"])["Subscriptions"]
    return _one(one for one in found if one["Endpoint"] == properties["Endpoint"])


def _event_rule(aws, known, properties):
    bus, name = known.split("|")
    found = aws.events.describe_rule(Name=name, EventBusName=bus)
    targets = aws.events.list_targets_by_rule(Rule=name, EventBusName=bus)["Targets"]
    return {**found, "EventPattern": json.loads(found["EventPattern"]), "Targets": targets}


def _schedule(aws, known, properties):
    group, name = known.split("/")
    return aws.scheduler.get_schedule(GroupName=group, Name=name)


def _web_acl(aws, arn, properties):
    name, known = arn.split("/")[-2:]
    return aws.wafv2.get_web_acl(Name=name, Id=known, Scope=properties["Scope"])["WebACL"] | {
        "Scope": properties["Scope"]
    }


def _web_acl_of(aws, known, properties):
    found = aws.wafv2.get_web_acl_for_resource(ResourceArn=properties["ResourceArn"])["WebACL"]
    return {"ResourceArn": properties["ResourceArn"], "WebACLArn": found["ARN"]}


def _machine(aws, arn, properties):
    found = aws.stepfunctions.describe_state_machine(stateMachineArn=arn)
    capital = {key[0].upper() + key[1:]: value for key, value in found.items()}
    return {
        **capital,
        "StateMachineName": found["name"],
        "StateMachineType": found["type"],
        "Definition": json.loads(found["definition"]),
    }


def _workgroup(aws, name, properties):
    found = aws.athena.get_work_group(WorkGroup=name)["WorkGroup"]
    return {**found, "WorkGroupConfiguration": found["Configuration"]}


def _glue_database(aws, name, properties):
    return {"DatabaseInput": aws.glue.get_database(Name=name)["Database"]}


def _glue_table(aws, name, properties):
    found = aws.glue.get_table(DatabaseName=properties["DatabaseName"], Name=name)["Table"]
    return {"DatabaseName": found["DatabaseName"], "TableInput": found}


READERS = {
    "AWS::Athena::NamedQuery": lambda aws, known, p: aws.athena.get_named_query(NamedQueryId=known)["NamedQuery"],
    "AWS::Athena::WorkGroup": _workgroup,
    "AWS::AutoScaling::AutoScalingGroup": _group,
    "AWS::AutoScaling::ScalingPolicy": _scaling,
    "AWS::CloudFront::OriginAccessControl": lambda aws, known, p: aws.cloudfront.get_origin_access_control(Id=known)[
        "OriginAccessControl"
    ],
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": lambda aws, name, p: aws.cloudwatch.get_dashboard(DashboardName=name),
    "AWS::DynamoDB::Table": lambda aws, name, p: table(aws.dynamodb, name),
    "AWS::EC2::InternetGateway": lambda aws, known, p: _one(
        aws.ec2.describe_internet_gateways(InternetGatewayIds=[known])["InternetGateways"]
    ),
    "AWS::EC2::LaunchTemplate": _launch_template,
    "AWS::EC2::Route": _route,
    "AWS::EC2::RouteTable": lambda aws, known, p: _one(
        aws.ec2.describe_route_tables(RouteTableIds=[known])["RouteTables"]
    ),
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::SecurityGroupEgress": _rule_of_group("IpPermissionsEgress", "Destination"),
    "AWS::EC2::SecurityGroupIngress": _rule_of_group("IpPermissions", "Source"),
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::SubnetRouteTableAssociation": _association,
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::VPCEndpoint": lambda aws, known, p: _one(
        aws.ec2.describe_vpc_endpoints(VpcEndpointIds=[known])["VpcEndpoints"]
    ),
    "AWS::EC2::VPCGatewayAttachment": _gateway_of_vpc,
    "AWS::ElasticLoadBalancingV2::Listener": lambda aws, arn, p: _one(
        aws.elbv2.describe_listeners(ListenerArns=[arn])["Listeners"]
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _target_group,
    "AWS::Events::ApiDestination": lambda aws, name, p: aws.events.describe_api_destination(Name=name),
    "AWS::Events::Connection": lambda aws, name, p: aws.events.describe_connection(Name=name),
    "AWS::Events::EventBus": lambda aws, name, p: aws.events.describe_event_bus(Name=name),
    "AWS::Events::Rule": _event_rule,
    "AWS::Glue::Database": _glue_database,
    "AWS::Glue::Table": _glue_table,
    "AWS::IAM::InstanceProfile": _profile,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::Role": _role,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::Logs::MetricFilter": _metric_filter,
    "AWS::Route53::RecordSet": _record,
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SQS::Queue": _queue,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::Scheduler::Schedule": _schedule,
    "AWS::Scheduler::ScheduleGroup": lambda aws, name, p: aws.scheduler.get_schedule_group(Name=name),
    "AWS::SecretsManager::Secret": _secret,
    "AWS::StepFunctions::StateMachine": _machine,
    "AWS::WAFv2::WebACL": _web_acl,
    "AWS::WAFv2::WebACLAssociation": _web_acl_of,
}

UNTOLD = {
    "AWS::Athena::WorkGroup": {"RecursiveDeleteOption"},
    "AWS::AutoScaling::AutoScalingGroup": {
        "DefaultInstanceWarmup",
        "InstanceMaintenancePolicy",
        "MaxInstanceLifetime",
        "MetricsCollection",
    },
    "AWS::EC2::InternetGateway": {"Tags"},
    "AWS::EC2::RouteTable": {"Tags"},
    "AWS::EC2::SecurityGroupEgress": {"Description"},
    "AWS::EC2::SecurityGroupIngress": {"Description"},
    "AWS::Events::Connection": {"AuthParameters"},
    "AWS::Glue::Database": {"CatalogId"},
    "AWS::Glue::Table": {"CatalogId"},
    "AWS::S3::Bucket": {"LifecycleConfiguration", "LoggingConfiguration"},
    "AWS::SecretsManager::Secret": {"GenerateSecretString"},
}
"""Properties that the emulator does not keep; checks of the templates' properties look at them."""
