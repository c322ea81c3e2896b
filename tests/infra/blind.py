"""Errors that were written before anybody looked whether a check finds them, most of them at lines drawn by lot."""

from planting import faults

FAULTS = faults(
    r"""
network.yaml: a subnet has room for eleven
by ?
-      Second: 10.80.16.0/20
+      Second: 10.80.16.0/28

network.yaml: no server finds a name
by ?
-      EnableDnsSupport: true
+      EnableDnsSupport: false

network.yaml: the way to S3 is that of another region
by ?
-      ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
+      ServiceName: com.amazonaws.us-east-1.s3

balancer.yaml: the balancer may not write its log yet when it is created
by ?
     Type: AWS::ElasticLoadBalancingV2::LoadBalancer
-    DependsOn: AccessLogsPolicy

balancer.yaml: nobody outside reaches the balancer
by ?
-      Scheme: internet-facing
+      Scheme: internal

balancer.yaml: requests are cut off when a server leaves
by ?
-        - {Key: deregistration_delay.timeout_seconds, Value: "30"}
+        - {Key: deregistration_delay.timeout_seconds, Value: "5"}

balancer.yaml: another service may write the log of the balancer
by ?
-              Service: logdelivery.elasticloadbalancing.amazonaws.com
+              Service: delivery.logs.amazonaws.com

balancer.yaml: a server gets requests for long after it has stopped
by ?
-      UnhealthyThresholdCount: 2
+      UnhealthyThresholdCount: 10

balancer.yaml: the balancer cannot write its log by that key
by ?
-              SSEAlgorithm: AES256
+              SSEAlgorithm: aws:kms

balancer.yaml: the firewall lets nobody in
by ?
       DefaultAction:
-        Allow: {}
+        Block: {}

balancer.yaml: the name points to a zone instead of the balancer
by ?
         DNSName: !GetAtt Balancer.DNSName
-        HostedZoneId: !GetAtt Balancer.CanonicalHostedZoneID
+        HostedZoneId: !Ref HostedZone

balancer.yaml: the name has an address that the balancer has not
by ?
-      Type: A
+      Type: AAAA

servers.yaml: a server reaches nothing outside the network
by ?
-          CidrIp: 0.0.0.0/0
+          CidrIp: 10.0.0.0/8

servers.yaml: the balancer may send nothing to the servers
by ?
     Type: AWS::EC2::SecurityGroupEgress
     Properties:
-      GroupId: !Ref BalancerGroup
+      GroupId: !GetAtt SecurityGroup.GroupId

servers.yaml: what has an end is never deleted
by ?
-                  - dynamodb:DeleteItem

servers.yaml: no server sends its log
by ?
-                  - logs:PutLogEvents

servers.yaml: Graviton gets the image of another processor
by ?
-        ImageId: !Sub resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${Architecture}
+        ImageId: resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64

servers.yaml: the image does not fit on the disk
by ?
-            Ebs: {VolumeType: gp3, VolumeSize: 8, Encrypted: true, DeleteOnTermination: true}
+            Ebs: {VolumeType: gp3, VolumeSize: 4, Encrypted: true, DeleteOnTermination: true}

servers.yaml: the group cannot grow
by ?
-      MaxSize: !Ref MaxServers
+      MaxSize: !Ref MinServers

servers.yaml: servers come and never go
by ?
           ResourceLabel: !Ref RequestLabel
-        TargetValue: !Ref RequestsPerServer
+        TargetValue: !Ref RequestsPerServer
+        DisableScaleIn: true

servers.yaml: the tarball has another name
by ?
-              release=ticketly-${Version}-linux-$(uname -m)
+              release=ticketly-${Version}-linux-${Architecture}

servers.yaml: a server that hangs is looked at after an hour
by ?
-      HealthCheckGracePeriod: 60
+      HealthCheckGracePeriod: 3600

servers.yaml: a server that is slow to start is given up
by ?
-          HeartbeatTimeout: 600
+          HeartbeatTimeout: 60

servers.yaml: machines have the role of the renewal
by ?
-      Roles: [!Ref Role]
+      Roles: [!Ref RenewalRole]

data.yaml: users are numbers
by ?
-        - {AttributeName: g1pk, AttributeType: S}
+        - {AttributeName: g1pk, AttributeType: N}

data.yaml: new keys cut the bridge off
by ?
-      Name: !Sub ${Installation}/payment-secret
+      Name: !Sub ${Installation}/payment-secret/${KeyGeneration}

data.yaml: the token is the secret
by ?
-    Value: !If [WithPayments, !Ref PaymentToken, ""]
+    Value: !If [WithPayments, !Ref PaymentSecret, ""]

site.yaml: another bucket takes the content with it
by ?
     DeletionPolicy: Retain
-    UpdateReplacePolicy: Retain
+    UpdateReplacePolicy: Delete

site.yaml: every poster is fetched each time
by ?
-          CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
+          CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad

upkeep.yaml: tickets expire twice a day
by ?
-      ScheduleExpression: rate(15 minutes)
+      ScheduleExpression: rate(15 hours)

upkeep.yaml: the calls for archival match no rule
by ?
-        detail-type: [archival]
+        detail-type: [Archival]

upkeep.yaml: a hundred calls fail before somebody is told
by ?
       Dimensions: [{Name: QueueName, Value: !GetAtt Undelivered.QueueName}]
       Period: 300
       Statistic: Maximum
       EvaluationPeriods: 1
       ComparisonOperator: GreaterThanOrEqualToThreshold
-      Threshold: 1
+      Threshold: 100

export.yaml: the export is of a form that the queries do not read
by ?
-              ExportFormat: DYNAMODB_JSON
+              ExportFormat: ION

export.yaml: a large table is never exported in time
by ?
-        TimeoutSeconds: 21600
+        TimeoutSeconds: 600

export.yaml: the night is an afternoon
by ?
-      ScheduleExpression: cron(0 4 * * ? *)
+      ScheduleExpression: cron(0 16 * * ? *)

export.yaml: the schedule may not start the export
by ?
-                Action: states:StartExecution
+                Action: states:StartSyncExecution

raw.yaml: what was sold is not read
by ?
-                auditorium:struct<s:string>,plan:struct<s:string,n:string>,picture:struct<s:string>,sale:struct<s:string>,\
+                auditorium:struct<s:string>,plan:struct<s:string,n:string>,picture:struct<s:string>,\

analysis.yaml: starts are texts
by ?
-            - {Name: starts, Type: timestamp}
+            - {Name: starts, Type: string}

analysis.yaml: every query is canceled
by ?
-        BytesScannedCutoffPerQuery: 10000000000
+        BytesScannedCutoffPerQuery: 10000000

alarms.yaml: a machine that does not start is no alarm
by ?
-      FilterPattern: '{ $.message = "boot: *" }'
+      FilterPattern: '{ $.msg = "boot: *" }'

alarms.yaml: two servers may be unhealthy for ever
by ?
       Statistic: Maximum
       EvaluationPeriods: 10
       ComparisonOperator: GreaterThanOrEqualToThreshold
-      Threshold: 1
+      Threshold: 3

table-alarms.yaml: the reads of a month are no alarm
by ?
-      Threshold: 15000000
+      Threshold: 15000000000

objective.yaml: an outage burns too slowly
by ?
-      Rate: 14.4
+      Rate: 144

ticketly.yaml: requests are counted as bytes
by ?
-        RequestsPerServer: !Ref RequestsPerServer
+        RequestsPerServer: !Ref NetworkOutPerServer
         NetworkOutPerServer: !Ref NetworkOutPerServer

dashboard.yaml: an alarm is not on the dashboard
by ?
-                  "${Alarm}-table-writes",
"""
)
