"""Errors that the checks of their time did not find."""

from planting import faults

FAULTS = faults(
    r"""
alarms.yaml: no alarm may use the topic, since its stack has another name
by test_alarms.py::test_only_alarms_of_this_installation_reach_the_topic
-                aws:SourceArn: !Sub arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${Installation}-*
+                aws:SourceArn: !Sub arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${AWS::StackName}-*

balancer.yaml: HTTPS is closed where the DNS is elsewhere
by test_balancer.py::test_with_a_certificate_everything_goes_by_tls_of_today
     Type: AWS::EC2::SecurityGroupIngress
-    Condition: WithCertificate
+    Condition: WithRecord

analysis.yaml: analysts read names and numbers in the export
by test_analysis.py::test_analysts_may_do_nothing_else
             Action: s3:GetObject
-            Resource: !Sub ${Facts.Arn}/facts/*
+            Resource: !Sub arn:${AWS::Partition}:s3:::*

servers.yaml: the renewal may not hand the role to machines
by test_renewal.py::test_its_role_may_do_what_a_refresh_does
-                Action: iam:PassRole
+                Action: iam:GetRole

servers.yaml: the renewal may not begin
by test_renewal.py::test_its_role_may_do_what_a_refresh_does
-                Action: autoscaling:StartInstanceRefresh
+                Action: autoscaling:DescribeInstanceRefreshes

servers.yaml: the renewal is switched off
by test_renewal.py::test_it_begins_each_week_on_the_day_that_the_page_names
-      ScheduleExpression: cron(30 4 ? * TUE *)
+      State: DISABLED
+      ScheduleExpression: cron(30 4 ? * TUE *)

servers.yaml: the renewal is on the busiest day
by test_renewal.py::test_it_begins_each_week_on_the_day_that_the_page_names
-      ScheduleExpression: cron(30 4 ? * TUE *)
+      ScheduleExpression: cron(30 4 ? * SAT *)

servers.yaml: the renewal ends servers before others serve
by test_renewal.py::test_it_asks_for_a_refresh_that_brings_new_servers_before_old_ones_go
-          {"AutoScalingGroupName": "${Group}", "Preferences": {"MinHealthyPercentage": 100, "MaxHealthyPercentage": 110}}
+          {"AutoScalingGroupName": "${Group}", "Preferences": {"MinHealthyPercentage": 50, "MaxHealthyPercentage": 100}}

ticketly.yaml: a day of the facts is a day in Greenwich
by test_wiring.py::test_a_name_means_the_same_in_every_part
-        TimeZone: !Ref TimeZone
+        TimeZone: UTC
         Exports: !GetAtt Raw.Outputs.Exports

ticketly.yaml: the export is of no table
by test_wiring.py::test_a_name_means_the_same_in_every_part
-        Table: !GetAtt Data.Outputs.Table
+        Table: !Ref ExistingTable
         TimeZone: !Ref TimeZone
         Exports: !GetAtt Raw.Outputs.Exports

ticketly.yaml: alarms look at a table that is not in use
by test_wiring.py::test_an_existing_table_takes_the_place_of_the_stacks
         Topic: !GetAtt Watch.Outputs.Topic
-        Table: !GetAtt Data.Outputs.Table
+        Table: !Ref AWS::StackName

ticketly.yaml: the admin key of the outputs is the scheduler's
by test_wiring.py::test_an_output_is_what_its_name_says
-  AdminKey: {Value: !GetAtt Data.Outputs.AdminKey, Description: "The secret whose value, after tkl_admin_, is the admin key."}
+  AdminKey: {Value: !GetAtt Data.Outputs.SchedulerKey, Description: "The secret whose value, after tkl_admin_, is the admin key."}

export.yaml: no export is written
by test_analysis.py::test_the_export_role_can_do_each_task_of_the_night
-                Action: [s3:PutObject, s3:PutObjectAcl, s3:AbortMultipartUpload]
+                Action: [s3:PutObject, s3:AbortMultipartUpload]

export.yaml: no query finds the table of the export
by test_analysis.py::test_the_export_role_can_do_each_task_of_the_night
-                Action: [glue:GetDatabase, glue:GetTable, glue:GetPartitions]
+                Action: [glue:GetDatabase, glue:GetPartitions]

export.yaml: Athena refuses to write
by test_analysis.py::test_the_export_role_can_do_each_task_of_the_night
-                Action: [s3:GetBucketLocation, s3:ListBucket, s3:ListBucketMultipartUploads]
+                Action: [s3:ListBucket, s3:ListBucketMultipartUploads]

export.yaml: a night ends after five minutes
by test_analysis.py::test_a_night_may_take_hours
-      StateMachineType: STANDARD
+      StateMachineType: EXPRESS

servers.yaml: servers of a new version get no requests
by test_servers.py::test_an_update_suspends_only_what_would_disturb_it
-        SuspendProcesses: [HealthCheck, ReplaceUnhealthy, AZRebalance, AlarmNotification, ScheduledActions, InstanceRefresh]
+        SuspendProcesses: [HealthCheck, ReplaceUnhealthy, AZRebalance, AlarmNotification, ScheduledActions, AddToLoadBalancer]

servers.yaml: alarms look at metrics of the group that nobody publishes
by test_servers.py::test_the_group_publishes_the_metrics_that_alarms_look_at
-      MetricsCollection: [{Granularity: 1Minute}]

servers.yaml: no shell opens
by test_servers.py::test_a_shell_opens_by_the_session_manager
-                  - ssmmessages:OpenDataChannel

alarms.yaml: after an hour of errors somebody is told
by test_alarms.py::test_an_alarm_rings_while_it_is_of_use
       MetricName: HTTPCode_Target_5XX_Count
       Dimensions: [{Name: LoadBalancer, Value: !Ref BalancerName}, {Name: TargetGroup, Value: !Ref TargetGroupName}]
-      Period: 300
+      Period: 60
       Statistic: Sum
-      EvaluationPeriods: 1
+      EvaluationPeriods: 60

ticketly.yaml: customers behind one address are blocked
by test_balancer.py::test_the_firewall_stops_a_flood_and_no_house_full_of_customers
     Description: Requests in five minutes above which the firewall blocks an address.
-    Default: 20000
+    Default: 100

network.yaml: the first deployment fails now and then
by test_network.py::test_what_goes_by_the_gateway_waits_until_it_is_attached
     Type: AWS::EC2::Route
-    DependsOn: GatewayOfVpc
"""
)
