"""More errors that were written before anybody looked whether a check finds them, at other lines drawn by lot."""

from planting import faults

FAULTS = faults(
    r"""
alarms.yaml: a mail is sent to no telephone
by ?
-      Protocol: email
+      Protocol: sms

alarms.yaml: machines that are going count as servers
by ?
-              MetricName: GroupInServiceInstances
+              MetricName: GroupTotalInstances

analysis.yaml: nights of slots are looked for under other names
by ?
-          projection.snapshot.format: yyyy-MM-dd-HH
+          projection.snapshot.format: yyyy-MM-dd
           projection.snapshot.range: NOW-4DAYS,NOW
           projection.snapshot.interval: "1"
           projection.snapshot.interval.unit: HOURS
           storage.location.template: !Sub s3://${Facts}/facts/slots/${!snapshot}/

analysis.yaml: answers lie among the facts
by ?
-          OutputLocation: !Sub s3://${Facts}/results/
+          OutputLocation: !Sub s3://${Facts}/facts/

analysis.yaml: a saved query is of another database
by ?
       Name: Bookings a day
       Description: Bookings made on each day and their tickets, as of the last night; a ticket that was moved counts once.
-      Database: !Ref Database
+      Database: default

analysis.yaml: analysts may not list their answers
by ?
-            Action: [s3:GetBucketLocation, s3:ListBucket]
+            Action: s3:GetBucketLocation

balancer.yaml: clients choose the address by which they are counted
by ?
-        - {Key: routing.http.xff_header_processing.mode, Value: append}
+        - {Key: routing.http.xff_header_processing.mode, Value: preserve}

balancer.yaml: a health check lasts as long as the pause
by ?
-      HealthCheckTimeoutSeconds: 5
+      HealthCheckTimeoutSeconds: 10

balancer.yaml: a new server waits for minutes
by ?
-      HealthyThresholdCount: 2
+      HealthyThresholdCount: 10

balancer.yaml: a slow server gets as much as the others
by ?
-        - {Key: load_balancing.algorithm.type, Value: least_outstanding_requests}
+        - {Key: load_balancing.algorithm.type, Value: round_robin}

balancer.yaml: a flood is five times as large
by ?
-              EvaluationWindowSec: 300
+              EvaluationWindowSec: 60

balancer.yaml: metrics are of a balancer that there is not
by ?
-    Value: !GetAtt Balancer.LoadBalancerFullName
+    Value: !GetAtt Balancer.LoadBalancerName

data.yaml: the table has a name that nobody knows
by ?
-      TableName: !Ref Installation

data.yaml: some keys are none
by ?
       Name: !Sub ${Installation}/scheduler-key/${KeyGeneration}
       Description: What follows tkl_scheduler_ in the key by which the upkeep is called.
       GenerateSecretString:
         PasswordLength: 26
         ExcludeUppercase: true
         ExcludePunctuation: true
-        ExcludeCharacters: ilou
+        ExcludeCharacters: ilo

export.yaml: the places of all nights are read
by ?
-                FROM (SELECT * FROM places WHERE export_id = '" & $id & "') AS s
+                FROM places AS s

export.yaml: moved tickets count as canceled
by ?
-                sum(regexp_count(changes, ' [0-9]+C') - regexp_count(changes, ' [0-9]+C[^ >]*>')) AS canceled,
+                sum(regexp_count(changes, ' [0-9]+C')) AS canceled,

export.yaml: bookings lie among the slots
by ?
-                ) TO 's3://${Facts}/facts/bookings/" & $snapshot & "/' WITH (format = 'PARQUET')" %}
+                ) TO 's3://${Facts}/facts/slots/" & $snapshot & "/' WITH (format = 'PARQUET')" %}

export.yaml: the night is that of Greenwich
by ?
-      ScheduleExpressionTimezone: !Ref TimeZone

export.yaml: the export may query in another workgroup only
by ?
-                  - !Sub arn:${AWS::Partition}:athena:${AWS::Region}:${AWS::AccountId}:workgroup/${Workgroup}
+                  - !Sub arn:${AWS::Partition}:athena:${AWS::Region}:${AWS::AccountId}:workgroup/primary

export.yaml: the export may not write down its answers
by ?
-                  - !Sub arn:${AWS::Partition}:s3:::${Facts}/results/*

network.yaml: the way to S3 is in no routes
by ?
       ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
-      RouteTableIds: [!Ref Routes]

objective.yaml: failures of the balancer are more than all requests
by ?
           ReturnData: false
-          Expression: SUM([requests, balancer])
+          Expression: SUM([requests])
         - Id: servers
           ReturnData: false
           MetricStat:
             Metric:
               Namespace: AWS/ApplicationELB
               MetricName: HTTPCode_Target_5XX_Count
               Dimensions: [{Name: LoadBalancer, Value: !Ref BalancerName}, {Name: TargetGroup, Value: !Ref TargetGroupName}]
             Period: !FindInMap [Burns, !Ref Burn, Short]

raw.yaml: a second installation finds the name taken
by ?
-        Name: !Sub
-          - raw_${Id}
-          - Id: !Select [0, !Split ["-", !Select [2, !Split ["/", !Ref AWS::StackId]]]]
+        Name: raw_exports

servers.yaml: the balancer may send to another port
by ?
       Description: Requests to the servers
       IpProtocol: tcp
-      FromPort: 8477
-      ToPort: 8477
+      FromPort: 80
+      ToPort: 80

servers.yaml: no machine may have the role
by ?
-            Principal: {Service: ec2.amazonaws.com}
+            Principal: {Service: ecs.amazonaws.com}

servers.yaml: a machine learns nothing about itself
by ?
-          HttpEndpoint: enabled
+          HttpEndpoint: disabled

servers.yaml: addresses are public where they should not be
by ?
-            AssociatePublicIpAddress: !If [WithPublicAddresses, true, false]
+            AssociatePublicIpAddress: !If [WithPublicAddresses, false, true]

servers.yaml: the token signs and the secret is shown
by ?
-              export PAYMENT_PROVIDER='${PaymentProvider}' PAYMENT_TOKEN='${PaymentToken}' PAYMENT_SECRET='${PaymentSecret}'
+              export PAYMENT_PROVIDER='${PaymentProvider}' PAYMENT_TOKEN='${PaymentSecret}' PAYMENT_SECRET='${PaymentToken}'

servers.yaml: all servers run always
by ?
-      MinSize: !Ref MinServers
+      MinSize: !Ref MaxServers

servers.yaml: a server drains before it serves
by ?
-          LifecycleTransition: autoscaling:EC2_INSTANCE_TERMINATING
+          LifecycleTransition: autoscaling:EC2_INSTANCE_LAUNCHING

servers.yaml: the scheduler may not take the role of the renewal
by ?
-            Principal: {Service: scheduler.amazonaws.com}
+            Principal: {Service: events.amazonaws.com}

site.yaml: the distribution has another origin than it looks for
by ?
-          - Id: content
+          - Id: static

ticketly.yaml: without a site no origin is allowed
by ?
           - !If [WithOrigin, !Sub "${Static.Outputs.Address},${AllowOrigin}", !GetAtt Static.Outputs.Address]
-          - !Ref AllowOrigin
+          - ""

ticketly.yaml: the logo is the style sheet
by ?
-        Logo: !Ref Logo
+        Logo: !Ref Theme

ticketly.yaml: alarms look at a group that there is not
by ?
-        ServerGroup: !GetAtt Servers.Outputs.Group
+        ServerGroup: !GetAtt Servers.Outputs.LogGroup
         LogGroup: !GetAtt Servers.Outputs.LogGroup

ticketly.yaml: a burn alarm has the name of another installation
by ?
       Parameters:
-        Installation: !Ref AWS::StackName
+        Installation: !Ref Version
         Burn: slow

upkeep.yaml: tickets are archived every quarter of an hour and never expire
by ?
-          DetailType: expiry
+          DetailType: archival

upkeep.yaml: an alarm counts the calls of a rule that there is not
by ?
       Name: !Sub ${Installation}-archival
-      Description: Archives tickets.
-      EventBusName: !Ref Bus
+      Description: Archives tickets.
+      State: DISABLED
+      EventBusName: !Ref Bus

upkeep.yaml: the event is sent instead of nothing
by ?
           Arn: !GetAtt Expirations.Arn
           RoleArn: !GetAtt CallRole.Arn
-          Input: "{}"

upkeep.yaml: what could not be delivered cannot be kept
by ?
-            Action: sqs:SendMessage
+            Action: sqs:ReceiveMessage
"""
)
