"""Errors as they happen: the template, what each would break, what stands there, and what would stand there instead."""

FAULTS = [
    (
        "network.yaml",
        "no server reaches AWS",
        "      DestinationCidrBlock: 0.0.0.0/0",
        "      DestinationCidrBlock: 10.0.0.0/8",
    ),
    (
        "network.yaml",
        "one zone takes all servers with it",
        "      CidrBlock: !FindInMap [Addresses, Subnet, Second]\n" "      AvailabilityZone: !Select [1,",
        "      CidrBlock: !FindInMap [Addresses, Subnet, Second]\n" "      AvailabilityZone: !Select [0,",
    ),
    (
        "data.yaml",
        "no table of ours",
        "        - {AttributeName: sk, KeyType: RANGE}",
        "        - {AttributeName: g1sk, KeyType: RANGE}",
    ),
    (
        "data.yaml",
        "nothing is swept",
        "        - IndexName: due",
        "        - IndexName: dues",
    ),
    (
        "data.yaml",
        "each write costs twice",
        "            - {AttributeName: g2sk, KeyType: RANGE}\n"
        "          Projection:\n"
        "            ProjectionType: KEYS_ONLY",
        "            - {AttributeName: g2sk, KeyType: RANGE}\n"
        "          Projection:\n"
        "            ProjectionType: ALL",
    ),
    (
        "data.yaml",
        "records of what was done once stay for ever",
        "        AttributeName: expires",
        "        AttributeName: expire",
    ),
    (
        "data.yaml",
        "nothing can be restored",
        "        PointInTimeRecoveryEnabled: true",
        "        PointInTimeRecoveryEnabled: false",
    ),
    (
        "data.yaml",
        "one click deletes every booking",
        "      DeletionProtectionEnabled: true",
        "      DeletionProtectionEnabled: false",
    ),
    (
        "data.yaml",
        "the table goes with the stack",
        "    Condition: OwnTable\n"
        "    # Bookings outlive the stack.\n"
        "    DeletionPolicy: Retain",
        "    Condition: OwnTable\n"
        "    # Bookings outlive the stack.\n"
        "    DeletionPolicy: Delete",
    ),
    (
        "data.yaml",
        "the admin key is none",
        "      Description: What follows tkl_admin_ in the admin key of Ticketly.\n"
        "      GenerateSecretString:\n"
        "        PasswordLength: 26",
        "      Description: What follows tkl_admin_ in the admin key of Ticketly.\n"
        "      GenerateSecretString:\n"
        "        PasswordLength: 32",
    ),
    (
        "balancer.yaml",
        "a server that stops gets requests",
        "      HealthCheckPath: /health/ready",
        "      HealthCheckPath: /health/live",
    ),
    (
        "balancer.yaml",
        "now and then a 502",
        '{Key: idle_timeout.timeout_seconds, Value: "60"}',
        '{Key: idle_timeout.timeout_seconds, Value: "90"}',
    ),
    (
        "balancer.yaml",
        "keys and names go in plain text",
        "          - Type: redirect\n"
        "            RedirectConfig:\n"
        "              Protocol: HTTPS\n"
        '              Port: "443"\n'
        "              StatusCode: HTTP_301",
        "          - Type: forward\n" "            TargetGroupArn: !Ref TargetGroup",
    ),
    (
        "balancer.yaml",
        "TLS 1.0 is spoken",
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "ELBSecurityPolicy-2016-08",
    ),
    (
        "balancer.yaml",
        "nobody knows who asked",
        '{Key: access_logs.s3.enabled, Value: "true"}',
        '{Key: access_logs.s3.enabled, Value: "false"}',
    ),
    (
        "balancer.yaml",
        "load stays where it is",
        '{Key: stickiness.enabled, Value: "false"}',
        '{Key: stickiness.enabled, Value: "true"}',
    ),
    (
        "balancer.yaml",
        "the firewall stands before nothing",
        "      WebACLArn: !GetAtt WebAcl.Arn",
        "      WebACLArn: !Ref WebAcl",
    ),
    (
        "balancer.yaml",
        "identifiers of tickets may become public",
        "        BlockPublicPolicy: true",
        "        BlockPublicPolicy: false",
    ),
    (
        "servers.yaml",
        "version 1 of the metadata gives credentials away",
        "          HttpTokens: required",
        "          HttpTokens: optional",
    ),
    (
        "servers.yaml",
        "anyone may try to log in",
        "      SecurityGroupEgress:\n",
        "        - Description: SSH\n"
        "          IpProtocol: tcp\n"
        "          FromPort: 22\n"
        "          ToPort: 22\n"
        "          CidrIp: 0.0.0.0/0\n"
        "      SecurityGroupEgress:\n",
    ),
    (
        "servers.yaml",
        "nothing can be booked",
        "                  - dynamodb:UpdateItem\n",
        "",
    ),
    (
        "servers.yaml",
        "a server may read all at once",
        "                  - dynamodb:UpdateItem\n",
        "                  - dynamodb:UpdateItem\n" "                  - dynamodb:Scan\n",
    ),
    (
        "servers.yaml",
        "a server may change the release",
        "                Action: s3:GetObject\n",
        "                Action: s3:*\n",
    ),
    (
        "servers.yaml",
        "nothing is swept",
        "table/${Table}/index/due",
        "table/${Table}/index/owed",
    ),
    (
        "servers.yaml",
        "logs are kept and paid for ever",
        "      RetentionInDays: !Ref LogDays\n",
        "",
    ),
    (
        "servers.yaml",
        "requests in flight are cut off",
        "          HeartbeatTimeout: 120",
        "          HeartbeatTimeout: 30",
    ),
    (
        "servers.yaml",
        "a server that never served lets another go",
        "          DefaultResult: ABANDON",
        "          DefaultResult: CONTINUE",
    ),
    (
        "servers.yaml",
        "every server waits in vain before it goes",
        "        - LifecycleHookName: drain",
        "        - LifecycleHookName: draining",
    ),
    (
        "servers.yaml",
        "a server that hangs is never replaced",
        "      HealthCheckType: ELB",
        "      HealthCheckType: EC2",
    ),
    (
        "servers.yaml",
        "a version that does not start replaces one that did",
        "        WaitOnResourceSignals: true",
        "        WaitOnResourceSignals: false",
    ),
    (
        "servers.yaml",
        "anything is installed",
        " | sha256sum --check",
        "",
    ),
    (
        "servers.yaml",
        "no request arrives",
        "          FromPort: 8477\n" "          ToPort: 8477\n" "          SourceSecurityGroupId",
        "          FromPort: 8080\n" "          ToPort: 8080\n" "          SourceSecurityGroupId",
    ),
    (
        "servers.yaml",
        "servers refuse the pages of every origin",
        " ALLOW_ORIGIN='${AllowOrigins}'",
        " ALLOW_ORIGINS='${AllowOrigins}'",
    ),
    (
        "site.yaml",
        "browsers let no page of the site call the API",
        "connect-src 'self' ${Api}; img-src 'self';",
        "connect-src 'self'; img-src 'self' ${Api};",
    ),
    (
        "upkeep.yaml",
        "nothing is archived",
        "https://${HostName}/v1/archivals",
        "https://${HostName}/v1/archive",
    ),
    (
        "upkeep.yaml",
        "the key stands in the template",
        '!Sub "Bearer tkl_scheduler_{{resolve:secretsmanager:${SchedulerKey}:SecretString}}"',
        "Bearer tkl_scheduler_0123456789abcdefghjkmnpqrs",
    ),
    (
        "alarms.yaml",
        "an alarm on a metric that there is not",
        "      MetricName: UnHealthyHostCount",
        "      MetricName: UnhealthyHostCount",
    ),
    (
        "alarms.yaml",
        "silence when nobody serves",
        "      Statistic: Minimum\n"
        "      EvaluationPeriods: 2\n"
        "      ComparisonOperator: LessThanThreshold\n"
        "      Threshold: 1\n"
        "      TreatMissingData: breaching",
        "      Statistic: Minimum\n"
        "      EvaluationPeriods: 2\n"
        "      ComparisonOperator: LessThanThreshold\n"
        "      Threshold: 1\n"
        "      TreatMissingData: notBreaching",
    ),
    (
        "alarms.yaml",
        "an alarm that nobody hears",
        "      AlarmActions: [!Ref Topic]\n"
        "      OKActions: [!Ref Topic]\n"
        "      Namespace: AWS/ApplicationELB\n"
        "      MetricName: TargetResponseTime",
        "      OKActions: [!Ref Topic]\n"
        "      Namespace: AWS/ApplicationELB\n"
        "      MetricName: TargetResponseTime",
    ),
    (
        "export.yaml",
        "names stay after they are to be forgotten",
        "            ExpirationInDays: 1\n",
        "            ExpirationInDays: 3650\n",
    ),
    (
        "export.yaml",
        "a name comes into the analysis",
        "made:struct<n:string>,secrets",
        "made:struct<n:string>,name:struct<s:string>,secrets",
    ),
    (
        "ticketly.yaml",
        "servers register nowhere",
        "        TargetGroup: !GetAtt Balancer.Outputs.TargetGroup\n",
        "        TargetGroup: !GetAtt Balancer.Outputs.TargetGroupName\n",
    ),
    (
        "ticketly.yaml",
        "servers refuse the pages of the site",
        ", !GetAtt Static.Outputs.Address]\n          - !Ref AllowOrigin\n",
        ", !Ref AllowOrigin]\n          - !Ref AllowOrigin\n",
    ),
    (
        "ticketly.yaml",
        "public addresses in a private network",
        '        PublicAddresses: !If [OwnNetwork, "yes", "no"]',
        '        PublicAddresses: "yes"',
    ),
]
