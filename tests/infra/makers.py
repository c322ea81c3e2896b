"""What the emulator's CloudFormation passes over, made by calls of the services themselves.

Their parameters are the template's properties, so that a property that a service does not know, or of another kind, is
refused before anything is sent. What a maker returns is what a Ref would give, or where nothing refers to it, what the
resource is found by.
"""

import json
import re


def _secret(aws, properties, logical):
    generated = properties["GenerateSecretString"]
    value = aws.secretsmanager.get_random_password(**generated)["RandomPassword"]
    rest = {key: value for key, value in properties.items() if key != "GenerateSecretString"}
    return aws.secretsmanager.create_secret(**rest, SecretString=value)["ARN"]


def _alarm(aws, properties, logical):
    aws.cloudwatch.put_metric_alarm(**properties)
    return properties["AlarmName"]


def _dashboard(aws, properties, logical):
    aws.cloudwatch.put_dashboard(**properties)
    return properties["DashboardName"]


def _machine(aws, properties, logical):
    answer = aws.stepfunctions.create_state_machine(
        name=properties["StateMachineName"],
        type=properties["StateMachineType"],
        roleArn=properties["RoleArn"],
        definition=json.dumps(properties["Definition"]),
    )
    return answer["stateMachineArn"]


def _scaling(aws, properties, logical):
    aws.autoscaling.put_scaling_policy(PolicyName=logical, **properties)
    return logical


def _web_acl(aws, properties, logical):
    return aws.wafv2.create_web_acl(Name=properties.pop("Name", logical), **properties)["Summary"]["ARN"]


def _association(aws, properties, logical):
    aws.wafv2.associate_web_acl(ResourceArn=properties["ResourceArn"], WebACLArn=properties["WebACLArn"])
    return properties["ResourceArn"]


def _schedule(aws, properties, logical):
    aws.scheduler.create_schedule(**{"Name": logical, **properties})
    return f"{properties.get('GroupName', 'default')}/{properties.get('Name', logical)}"


def _schedule_group(aws, properties, logical):
    aws.scheduler.create_schedule_group(**properties)
    return properties["Name"]


def _connection(aws, properties, logical):
    # The secret is put in by CloudFormation, and is none of the emulator's.
    plain = json.loads(re.sub(r"\{\{resolve:[^}]*\}\}", "secret", json.dumps(properties)))
    aws.events.create_connection(Name=logical, **plain)
    return logical


def _api_destination(aws, properties, logical):
    aws.events.create_api_destination(Name=logical, **properties)
    return logical


def _bus(aws, properties, logical):
    aws.events.create_event_bus(**properties)
    return properties["Name"]


def _rule(aws, properties, logical):
    rule = {key: value for key, value in properties.items() if key != "Targets"}
    aws.events.put_rule(**{**rule, "EventPattern": json.dumps(rule["EventPattern"])})
    answer = aws.events.put_targets(Rule=rule["Name"], EventBusName=rule["EventBusName"], Targets=properties["Targets"])
    assert not answer["FailedEntryCount"], answer
    return f"{rule['EventBusName']}|{rule['Name']}"


def _bucket_policy(aws, properties, logical):
    aws.s3.put_bucket_policy(Bucket=properties["Bucket"], Policy=json.dumps(properties["PolicyDocument"]))
    return properties["Bucket"]


def _topic_policy(aws, properties, logical):
    (topic,) = properties["Topics"]
    policy = json.dumps(properties["PolicyDocument"])
    aws.sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    return topic


def _queue_policy(aws, properties, logical):
    (queue,) = properties["Queues"]
    aws.sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(properties["PolicyDocument"])})
    return queue


def _subscription(aws, properties, logical):
    return aws.sns.subscribe(**properties, ReturnSubscriptionArn=True)["SubscriptionArn"]


def _metric_filter(aws, properties, logical):
    transformations = [
        {key[0].lower() + key[1:]: value for key, value in one.items()} for one in properties["MetricTransformations"]
    ]
    aws.logs.put_metric_filter(
        logGroupName=properties["LogGroupName"],
        filterName=logical,
        filterPattern=properties["FilterPattern"],
        metricTransformations=transformations,
    )
    return logical


def _egress(aws, properties, logical):
    to = {"GroupId": properties["DestinationSecurityGroupId"], "Description": properties["Description"]}
    rule = {key: properties[key] for key in ("IpProtocol", "FromPort", "ToPort")}
    aws.ec2.authorize_security_group_egress(
        GroupId=properties["GroupId"], IpPermissions=[{**rule, "UserIdGroupPairs": [to]}]
    )
    return properties["GroupId"]


def _subnet_routes(aws, properties, logical):
    return aws.ec2.associate_route_table(**properties)["AssociationId"]


def _record(aws, properties, logical):
    record = {key: value for key, value in properties.items() if key != "HostedZoneId"}
    record["AliasTarget"] = {"EvaluateTargetHealth": False, **record["AliasTarget"]}
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    aws.route53.change_resource_record_sets(HostedZoneId=properties["HostedZoneId"], ChangeBatch=change)
    return properties["Name"]


def _workgroup(aws, properties, logical):
    configuration = {key: value for key, value in properties["WorkGroupConfiguration"].items()}
    result = dict(configuration.pop("ResultConfiguration"))
    aws.athena.create_work_group(
        Name=properties["Name"],
        Description=properties["Description"],
        Configuration={**configuration, "ResultConfiguration": result},
    )
    return properties["Name"]


def _named_query(aws, properties, logical):
    return aws.athena.create_named_query(**properties)["NamedQueryId"]


def _glue_database(aws, properties, logical):
    aws.glue.create_database(**properties)
    return properties["DatabaseInput"]["Name"]


def _glue_table(aws, properties, logical):
    aws.glue.create_table(**properties)
    return properties["TableInput"]["Name"]


def _origin_access(aws, properties, logical):
    return aws.cloudfront.create_origin_access_control(**properties)["OriginAccessControl"]["Id"]


MADE = {
    "AWS::Athena::NamedQuery": _named_query,
    "AWS::Athena::WorkGroup": _workgroup,
    "AWS::AutoScaling::ScalingPolicy": _scaling,
    "AWS::CloudFront::OriginAccessControl": _origin_access,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::EC2::SecurityGroupEgress": _egress,
    "AWS::EC2::SubnetRouteTableAssociation": _subnet_routes,
    "AWS::Events::ApiDestination": _api_destination,
    "AWS::Events::Connection": _connection,
    "AWS::Events::EventBus": _bus,
    "AWS::Events::Rule": _rule,
    "AWS::Glue::Database": _glue_database,
    "AWS::Glue::Table": _glue_table,
    "AWS::Logs::MetricFilter": _metric_filter,
    "AWS::Route53::RecordSet": _record,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::Scheduler::Schedule": _schedule,
    "AWS::Scheduler::ScheduleGroup": _schedule_group,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::StepFunctions::StateMachine": _machine,
    "AWS::WAFv2::WebACL": _web_acl,
    "AWS::WAFv2::WebACLAssociation": _association,
}
"""Types that the emulator's CloudFormation does not know, or says to make and does not."""

UNMADE = {
    "AWS::CloudFront::Distribution",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::CloudWatch::CompositeAlarm",
}
"""Types that the emulator does not know, or in other words than CloudFormation; of them there are only properties."""


def _group(aws, name, properties):
    for hook in properties.get("LifecycleHookSpecificationList", []):
        aws.autoscaling.put_lifecycle_hook(AutoScalingGroupName=name, **hook)
    for collection in properties.get("MetricsCollection", []):
        aws.autoscaling.enable_metrics_collection(AutoScalingGroupName=name, **collection)


def _bucket(aws, name, properties):
    for setting, put in (
        ("PublicAccessBlockConfiguration", aws.s3.put_public_access_block),
        ("OwnershipControls", aws.s3.put_bucket_ownership_controls),
        ("VersioningConfiguration", aws.s3.put_bucket_versioning),
    ):
        if setting in properties:
            put(Bucket=name, **{setting: properties[setting]})


def _vpc(aws, known, properties):
    aws.ec2.modify_vpc_attribute(VpcId=known, EnableDnsHostnames={"Value": properties["EnableDnsHostnames"]})


LATER = ("TimeToLiveSpecification", "PointInTimeRecoverySpecification")
"""What is set of a table once it is there."""


def create_table(aws, properties):
    """Makes a table on an engine, which may not know recovery."""
    aws.dynamodb.create_table(**{key: value for key, value in properties.items() if key not in LATER})
    try:
        _table(aws, properties["TableName"], properties)
    except aws.dynamodb.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "UnknownOperationException":
            raise


def _table(aws, name, properties):
    for setting, put in zip(LATER, (aws.dynamodb.update_time_to_live, aws.dynamodb.update_continuous_backups)):
        put(TableName=name, **{setting: properties[setting]})


def _security_group(aws, known, properties):
    # As CloudFormation does for a group that says where it may send: nowhere else.
    (found,) = aws.ec2.describe_security_groups(GroupIds=[known])["SecurityGroups"]
    aws.ec2.revoke_security_group_egress(GroupId=known, IpPermissions=found["IpPermissionsEgress"])
    for rule in properties["SecurityGroupEgress"]:
        permission = {key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort")}
        to = {"IpRanges": [{"CidrIp": rule["CidrIp"], "Description": rule["Description"]}]}
        aws.ec2.authorize_security_group_egress(GroupId=known, IpPermissions=[{**permission, **to}])


def _balancer(aws, arn, properties):
    aws.elbv2.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=properties["LoadBalancerAttributes"])


def _target_group(aws, arn, properties):
    aws.elbv2.modify_target_group_attributes(TargetGroupArn=arn, Attributes=properties["TargetGroupAttributes"])


COMPLETED = {
    "AWS::AutoScaling::AutoScalingGroup": _group,
    "AWS::DynamoDB::Table": _table,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::VPC": _vpc,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _target_group,
    "AWS::S3::Bucket": _bucket,
}
"""Types of which it passes over some properties."""
