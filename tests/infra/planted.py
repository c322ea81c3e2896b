"""Errors as they happen."""

from planting import faults

FAULTS = faults(
    r"""
network.yaml: no server reaches AWS
by test_network.py::test_both_subnets_have_the_way_out_and_the_ways_inside_aws
-      DestinationCidrBlock: 0.0.0.0/0
+      DestinationCidrBlock: 10.0.0.0/8

network.yaml: one zone takes all servers with it
by test_network.py::test_two_subnets_lie_in_two_zones_and_in_the_network
-      AvailabilityZone: !Select [1, !GetAZs ""]
+      AvailabilityZone: !Select [0, !GetAZs ""]

data.yaml: no table of ours
by test_table.py::test_on_an_engine_both_are_described_alike
-        - {AttributeName: sk, KeyType: RANGE}
+        - {AttributeName: g1sk, KeyType: RANGE}

data.yaml: nothing is swept
by test_table.py::test_on_an_engine_both_are_described_alike
-        - IndexName: due
+        - IndexName: dues

data.yaml: each write costs twice
by test_table.py::test_on_an_engine_both_are_described_alike
             - {AttributeName: g2sk, KeyType: RANGE}
           Projection:
-            ProjectionType: KEYS_ONLY
+            ProjectionType: ALL

data.yaml: records of what was done once stay for ever
by test_table.py::test_on_an_engine_both_are_described_alike
-        AttributeName: expires
+        AttributeName: expire

data.yaml: nothing can be restored
by test_data.py::test_the_table_is_protected_and_restorable
-        PointInTimeRecoveryEnabled: true
+        PointInTimeRecoveryEnabled: false

data.yaml: one click deletes every booking
by test_data.py::test_the_table_is_protected_and_restorable
-      DeletionProtectionEnabled: true
+      DeletionProtectionEnabled: false

data.yaml: the table goes with the stack
by test_root.py::test_what_holds_data_outlives_its_stack
-    DeletionPolicy: Retain
+    DeletionPolicy: Delete

data.yaml: the admin key is none
by test_data.py::test_keys_are_26_digits_and_new_ones_have_new_names
       Description: What follows tkl_admin_ in the admin key of Ticketly.
       GenerateSecretString:
-        PasswordLength: 26
+        PasswordLength: 32

balancer.yaml: a server that stops gets requests
by test_balancer.py::test_a_server_gets_requests_while_it_says_that_it_is_ready
-      HealthCheckPath: /health/ready
+      HealthCheckPath: /health/live

balancer.yaml: now and then a 502
by test_balancer.py::test_it_is_never_the_server_that_closes_a_connection_in_use
-        - {Key: idle_timeout.timeout_seconds, Value: "60"}
+        - {Key: idle_timeout.timeout_seconds, Value: "90"}

balancer.yaml: keys and names go in plain text
by test_balancer.py::test_with_a_certificate_everything_goes_by_tls_of_today
-          - Type: redirect
-            RedirectConfig:
-              Protocol: HTTPS
-              Port: "443"
-              StatusCode: HTTP_301
+          - Type: forward
+            TargetGroupArn: !Ref TargetGroup

balancer.yaml: TLS 1.0 is spoken
by test_balancer.py::test_with_a_certificate_everything_goes_by_tls_of_today
-      SslPolicy: ELBSecurityPolicy-TLS13-1-2-Res-2021-06
+      SslPolicy: ELBSecurityPolicy-2016-08

balancer.yaml: nobody knows who asked
by test_balancer.py::test_access_is_logged_to_a_bucket_that_forgets
-        - {Key: access_logs.s3.enabled, Value: "true"}
+        - {Key: access_logs.s3.enabled, Value: "false"}

balancer.yaml: load stays where it is
by test_balancer.py::test_no_server_is_preferred_since_none_keeps_anything
-        - {Key: stickiness.enabled, Value: "false"}
+        - {Key: stickiness.enabled, Value: "true"}

balancer.yaml: the firewall stands before nothing
by test_balancer.py::test_the_firewall_is_optional_and_protects_the_balancer
-      WebACLArn: !GetAtt WebAcl.Arn
+      WebACLArn: !Ref WebAcl

balancer.yaml: identifiers of tickets may become public
by test_root.py::test_buckets_are_private_encrypted_and_need_tls
-        BlockPublicPolicy: true
+        BlockPublicPolicy: false

servers.yaml: version 1 of the metadata gives credentials away
by test_servers.py::test_credentials_are_given_to_programs_on_the_machine_alone
-          HttpTokens: required
+          HttpTokens: optional

servers.yaml: anyone may try to log in
by test_balancer.py::test_no_server_is_reached_but_by_the_balancer
           SourceSecurityGroupId: !Ref BalancerGroup
+        - Description: SSH
+          IpProtocol: tcp
+          FromPort: 22
+          ToPort: 22
+          CidrIp: 0.0.0.0/0

servers.yaml: nothing can be booked
by test_permissions.py::test_every_operation_works_with_the_servers_permissions
-                  - dynamodb:UpdateItem

servers.yaml: a server may read all at once
by test_permissions.py::test_the_servers_have_no_unused_permission_on_the_table
                   - dynamodb:UpdateItem
+                  - dynamodb:Scan

servers.yaml: a server may change the release
by test_root.py::test_roles_have_wildcards_only_without_a_resource
-                Action: s3:GetObject
+                Action: s3:*

servers.yaml: nothing is swept
by test_permissions.py::test_every_operation_works_with_the_servers_permissions
-                  - !Sub arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Table}/index/due
+                  - !Sub arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Table}/index/owed

servers.yaml: logs are kept and paid for ever
by test_servers.py::test_a_server_writes_its_log_and_the_log_is_forgotten
-      RetentionInDays: !Ref LogDays

servers.yaml: requests in flight are cut off
by test_servers.py::test_a_server_that_has_to_go_finishes_what_it_is_at
-          HeartbeatTimeout: 120
+          HeartbeatTimeout: 30

servers.yaml: a server that never served lets another go
by test_servers.py::test_a_server_is_one_of_the_group_only_when_it_serves
-          DefaultResult: ABANDON
+          DefaultResult: CONTINUE

servers.yaml: every server waits in vain before it goes
by test_servers.py::test_a_server_that_has_to_go_finishes_what_it_is_at
-        - LifecycleHookName: drain
+        - LifecycleHookName: draining

servers.yaml: a server that hangs is never replaced
by test_servers.py::test_what_is_not_ready_is_replaced
-      HealthCheckType: ELB
+      HealthCheckType: EC2

servers.yaml: a version that does not start replaces one that did
by test_servers.py::test_an_update_brings_new_servers_before_old_ones_go
-        WaitOnResourceSignals: true
+        WaitOnResourceSignals: false

servers.yaml: anything is installed
by test_servers.py::test_what_is_installed_has_the_checksum_that_was_given
-              echo "${Sha256}  $release.tar.gz" | sha256sum --check
+              echo "${Sha256}  $release.tar.gz"

servers.yaml: no request arrives
by test_balancer.py::test_no_server_is_reached_but_by_the_balancer
-          FromPort: 8477
-          ToPort: 8477
+          FromPort: 8080
+          ToPort: 8080

servers.yaml: servers refuse the pages of every origin
by test_servers.py::test_servers_allow_the_origin_of_the_site
-              export LOG_GROUP='${Log}' GROUP='${Installation}-servers' ALLOW_ORIGIN='${AllowOrigins}'
+              export LOG_GROUP='${Log}' GROUP='${Installation}-servers' ALLOW_ORIGINS='${AllowOrigins}'

site.yaml: browsers let no page of the site call the API
by test_site.py::test_scripts_of_the_site_call_the_api
-              default-src 'none'; script-src 'self'; connect-src 'self' ${Api}; img-src 'self'; media-src 'self';
+              default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' ${Api}; media-src 'self';

upkeep.yaml: nothing is archived
by test_upkeep.py::test_a_schedule_ends_in_a_route_that_the_scheduler_may_call
-      InvocationEndpoint: !Sub https://${HostName}/v1/archivals
+      InvocationEndpoint: !Sub https://${HostName}/v1/archive

upkeep.yaml: the key stands in the template
by test_upkeep.py::test_the_key_is_only_referred_to_and_only_by_the_connection
-          ApiKeyValue: !Sub "Bearer tkl_scheduler_{{resolve:secretsmanager:${SchedulerKey}:SecretString}}"
+          ApiKeyValue: Bearer tkl_scheduler_0123456789abcdefghjkmnpqrs

alarms.yaml: an alarm on a metric that there is not
by test_alarms.py::test_every_alarm_looks_at_a_metric_that_is_published
-      MetricName: UnHealthyHostCount
+      MetricName: UnhealthyHostCount

alarms.yaml: silence when nobody serves
by test_alarms.py::test_missing_data_alarms_only_for_metrics_always_published
       Threshold: 1
-      TreatMissingData: breaching
+      TreatMissingData: notBreaching

alarms.yaml: an alarm that nobody hears
by test_alarms.py::test_every_alarm_tells_when_it_begins_and_when_it_ends
         load. (docs/operations.md, Alarms)
-      AlarmActions: [!Ref Topic]

raw.yaml: names stay after they are to be forgotten
by test_analysis.py::test_everything_is_forgotten_within_days
-          - {Id: Forget, Status: Enabled, ExpirationInDays: 1, AbortIncompleteMultipartUpload: {DaysAfterInitiation: 1}}
+          - {Id: Forget, Status: Enabled, ExpirationInDays: 3650, AbortIncompleteMultipartUpload: {DaysAfterInitiation: 1}}

raw.yaml: a name comes into the analysis
by test_analysis.py::test_no_column_of_the_export_tells_who_somebody_is
-                made:struct<n:string>,secrets:struct<b:string>,changes:struct<s:string>,\
+                made:struct<n:string>,name:struct<s:string>,secrets:struct<b:string>,changes:struct<s:string>,\

ticketly.yaml: servers register nowhere
by test_wiring.py::test_a_name_means_the_same_in_every_part
-        TargetGroup: !GetAtt Balancer.Outputs.TargetGroup
+        TargetGroup: !GetAtt Balancer.Outputs.TargetGroupName

ticketly.yaml: servers refuse the pages of the site
by test_servers.py::test_servers_allow_the_origin_of_the_site
-          - !If [WithOrigin, !Sub "${Static.Outputs.Address},${AllowOrigin}", !GetAtt Static.Outputs.Address]
+          - !If [WithOrigin, !Sub "${Static.Outputs.Address},${AllowOrigin}", !Ref AllowOrigin]

ticketly.yaml: public addresses in a private network
by test_servers.py::test_only_the_stacks_own_network_has_public_addresses
-        PublicAddresses: !If [OwnNetwork, "yes", "no"]
+        PublicAddresses: "yes"
"""
)
