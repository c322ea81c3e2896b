"""Errors that were written before anybody looked whether a check finds them, most of them at lines drawn by lot.

The checks of then found 30 of 45.
"""

from planting import faults

FAULTS = faults(
    r"""
network.yaml: a subnet has room for eleven
by test_network.py::test_two_subnets_lie_in_two_zones_and_in_the_network
-      Second: 10.80.16.0/20
+      Second: 10.80.16.0/28

network.yaml: no server finds a name
by test_network.py::test_names_are_found_in_the_network
-      EnableDnsSupport: true
+      EnableDnsSupport: false

network.yaml: the way to S3 is that of another region
by test_network.py::test_both_subnets_have_the_way_out_and_the_ways_inside_aws
-      ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
+      ServiceName: com.amazonaws.us-east-1.s3

balancer.yaml: the balancer may not write its log yet when it is created
by test_balancer.py::test_access_is_logged_to_a_bucket_that_forgets
     Type: AWS::ElasticLoadBalancingV2::LoadBalancer
-    DependsOn: AccessLogsPolicy

balancer.yaml: nobody outside reaches the balancer
by test_balancer.py::test_the_balancer_is_reached_from_outside
-      Scheme: internet-facing
+      Scheme: internal

balancer.yaml: requests are cut off when a server leaves
by test_balancer.py::test_requests_in_flight_are_finished_before_a_server_goes
-        - {Key: deregistration_delay.timeout_seconds, Value: "30"}
+        - {Key: deregistration_delay.timeout_seconds, Value: "5"}

balancer.yaml: another service may write the log of the balancer
by test_balancer.py::test_access_is_logged_to_a_bucket_that_forgets
-              Service: logdelivery.elasticloadbalancing.amazonaws.com
+              Service: delivery.logs.amazonaws.com

balancer.yaml: a server gets requests for long after it has stopped
by test_balancer.py::test_a_server_gets_requests_while_it_says_that_it_is_ready
-      UnhealthyThresholdCount: 2
+      UnhealthyThresholdCount: 10

balancer.yaml: the balancer cannot write its log by that key
by test_balancer.py::test_access_is_logged_to_a_bucket_that_forgets
-              SSEAlgorithm: AES256
+              SSEAlgorithm: aws:kms

balancer.yaml: the firewall lets nobody in
by test_balancer.py::test_the_firewall_limits_rates_and_samples_nothing
       DefaultAction:
-        Allow: {}
+        Block: {}

balancer.yaml: the name points to a zone instead of the balancer
by test_balancer.py::test_the_host_name_points_to_the_balancer
         DNSName: !GetAtt Balancer.DNSName
-        HostedZoneId: !GetAtt Balancer.CanonicalHostedZoneID
+        HostedZoneId: !Ref HostedZone

balancer.yaml: the name has an address that the balancer has not
by test_balancer.py::test_the_host_name_points_to_the_balancer
-      Type: A
+      Type: AAAA

servers.yaml: a server reaches nothing outside the network
by test_servers.py::test_a_server_sends_to_all_of_aws_and_only_by_tls
-          CidrIp: 0.0.0.0/0
+          CidrIp: 10.0.0.0/8

servers.yaml: the balancer may send nothing to the servers
by test_balancer.py::test_no_server_is_reached_but_by_the_balancer
     Type: AWS::EC2::SecurityGroupEgress
     Properties:
-      GroupId: !Ref BalancerGroup
+      GroupId: !GetAtt SecurityGroup.GroupId

servers.yaml: what has an end is never deleted
by test_permissions.py::test_every_documented_operation_was_played
-                  - dynamodb:DeleteItem

servers.yaml: no server sends its log
by test_servers.py::test_a_server_writes_its_log_and_the_log_is_forgotten
-                  - logs:PutLogEvents

servers.yaml: Graviton gets the image of another processor
by test_servers.py::test_a_new_machine_has_the_newest_image
-        ImageId: !Sub resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${Architecture}
+        ImageId: resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64

servers.yaml: the image does not fit on the disk
by test_servers.py::test_a_disk_is_encrypted_and_goes_with_its_machine
-            Ebs: {VolumeType: gp3, VolumeSize: 8, Encrypted: true, DeleteOnTermination: true}
+            Ebs: {VolumeType: gp3, VolumeSize: 4, Encrypted: true, DeleteOnTermination: true}

servers.yaml: the group cannot grow
by test_servers.py::test_what_is_not_ready_is_replaced
-      MaxSize: !Ref MaxServers
+      MaxSize: !Ref MinServers

servers.yaml: servers come and never go
by test_servers.py::test_requests_and_network_load_add_servers
           ResourceLabel: !Ref RequestLabel
-        TargetValue: !Ref RequestsPerServer
+        TargetValue: !Ref RequestsPerServer
+        DisableScaleIn: true

servers.yaml: the tarball has another name
by test_user_data.py::test_a_machine_fetches_its_release_and_boots_it
-              release=ticketly-${Version}-linux-$(uname -m)
+              release=ticketly-${Version}-linux-${Architecture}

servers.yaml: a server that hangs is looked at after an hour
by test_servers.py::test_what_is_not_ready_is_replaced
-      HealthCheckGracePeriod: 60
+      HealthCheckGracePeriod: 3600

servers.yaml: a server that is slow to start is given up
by test_servers.py::test_a_server_is_one_of_the_group_only_when_it_serves
-          HeartbeatTimeout: 600
+          HeartbeatTimeout: 60

servers.yaml: machines have the role of the renewal
by cfn-lint
-      Roles: [!Ref Role]
+      Roles: [!Ref RenewalRole]

data.yaml: users are numbers
by test_table.py::test_on_an_engine_both_are_described_alike
-        - {AttributeName: g1pk, AttributeType: S}
+        - {AttributeName: g1pk, AttributeType: N}

data.yaml: new keys cut the bridge off
by test_data.py::test_what_is_shared_with_the_bridge_is_generated_as_the_program_needs_it
-      Name: !Sub ${Installation}/payment-secret
+      Name: !Sub ${Installation}/payment-secret/${KeyGeneration}

data.yaml: the token is the secret
by test_wiring.py::test_a_name_means_the_same_in_every_part
-    Value: !If [WithPayments, !Ref PaymentToken, ""]
+    Value: !If [WithPayments, !Ref PaymentSecret, ""]

site.yaml: another bucket takes the content with it
by test_root.py::test_what_holds_data_outlives_its_stack
     DeletionPolicy: Retain
-    UpdateReplacePolicy: Retain
+    UpdateReplacePolicy: Delete

site.yaml: every poster is fetched each time
by test_site.py::test_answers_are_compressed_cached_and_sent_by_http_3
-          CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
+          CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad

upkeep.yaml: tickets expire twice a day
by test_alarms.py::test_missing_calls_are_counted_on_the_upkeeps_rules
-      ScheduleExpression: rate(15 minutes)
+      ScheduleExpression: rate(15 hours)

upkeep.yaml: the calls for archival match no rule
by test_upkeep.py::test_a_schedule_ends_in_a_route_that_the_scheduler_may_call
-        detail-type: [archival]
+        detail-type: [Archival]

upkeep.yaml: a hundred calls fail before somebody is told
by test_alarms.py::test_an_alarm_rings_at_what_is_the_matter_and_at_nothing_else
       Dimensions: [{Name: QueueName, Value: !GetAtt Undelivered.QueueName}]
       Period: 300
       Statistic: Maximum
       EvaluationPeriods: 1
       ComparisonOperator: GreaterThanOrEqualToThreshold
-      Threshold: 1
+      Threshold: 100

export.yaml: the export is of a form that the queries do not read
by test_golden.py
-              ExportFormat: DYNAMODB_JSON
+              ExportFormat: ION

export.yaml: a large table is never exported in time
by test_analysis.py::test_a_night_may_take_hours
-        TimeoutSeconds: 21600
+        TimeoutSeconds: 600

export.yaml: the night is an afternoon
by test_analysis.py::test_the_schedule_may_only_start_the_nightly_export
-      ScheduleExpression: cron(0 4 * * ? *)
+      ScheduleExpression: cron(0 16 * * ? *)

export.yaml: the schedule may not start the export
by test_analysis.py::test_the_schedule_may_only_start_the_nightly_export
-                Action: states:StartExecution
+                Action: states:StartSyncExecution

raw.yaml: what was sold is not read
by test_analysis.py::test_no_column_of_the_export_tells_who_somebody_is
-                auditorium:struct<s:string>,plan:struct<s:string,n:string>,picture:struct<s:string>,sale:struct<s:string>,\
+                auditorium:struct<s:string>,plan:struct<s:string,n:string>,picture:struct<s:string>,\

analysis.yaml: starts are texts
by test_golden.py::test_golden_slots_become_their_facts
-            - {Name: starts, Type: timestamp}
+            - {Name: starts, Type: string}

analysis.yaml: every query is canceled
by test_analysis.py::test_queries_are_bounded_and_their_answers_are_encrypted
-        BytesScannedCutoffPerQuery: 10000000000
+        BytesScannedCutoffPerQuery: 10000000

alarms.yaml: a machine that does not start is no alarm
by test_alarms.py::test_the_log_is_counted_as_the_servers_write_it
-      FilterPattern: '{ $.message = "boot: *" }'
+      FilterPattern: '{ $.msg = "boot: *" }'

alarms.yaml: two servers may be unhealthy for ever
by test_alarms.py::test_an_alarm_rings_at_what_is_the_matter_and_at_nothing_else
       Statistic: Maximum
       EvaluationPeriods: 10
       ComparisonOperator: GreaterThanOrEqualToThreshold
-      Threshold: 1
+      Threshold: 3

table-alarms.yaml: the reads of a month are no alarm
by test_alarms.py::test_the_table_costs_two_dollars_an_hour_when_its_use_alarms
-      Threshold: 15000000
+      Threshold: 15000000000

objective.yaml: an outage burns too slowly
by test_alarms.py::test_burn_alarms_ignore_a_few_failures
-      Rate: 14.4
+      Rate: 144

ticketly.yaml: requests are counted as bytes
by test_wiring.py::test_a_name_means_the_same_in_every_part
-        RequestsPerServer: !Ref RequestsPerServer
+        RequestsPerServer: !Ref NetworkOutPerServer
         NetworkOutPerServer: !Ref NetworkOutPerServer

dashboard.yaml: an alarm is not on the dashboard
by test_dashboard.py::test_the_dashboard_shows_every_alarm_with_an_action
-                  "${Alarm}-table-writes",
"""
)
