"""The load balancer: what stands open, where requests go, and what is kept of them."""

import pytest
from policies import bucket
from templates import ACCOUNT, SECURE, installation

SECURED = installation(**SECURE)
TRIAL = installation()
BALANCER, PLAIN = SECURED.parts["Balancer"], TRIAL.parts["Balancer"]
TLS_1_2 = {f"ELBSecurityPolicy-TLS13-1-2-{kind}" for kind in ("2021-06", "Res-2021-06")} | {
    "ELBSecurityPolicy-TLS13-1-3-2021-06"
}
"""Policies of TLS 1.2 with forward secrecy and later, as AWS names them."""
FORWARD = [{"Type": "forward", "TargetGroupArn": "<Balancer.TargetGroup>"}]


def listeners(stack):
    made = [made["Properties"] for made in stack.of_type("AWS::ElasticLoadBalancingV2::Listener").values()]
    return {listener["Port"]: listener for listener in made}


def ports_open_to_all(stack):
    """Ports that a part's group opens to anyone."""
    ((name, group),) = stack.of_type("AWS::EC2::SecurityGroup").items()
    rules = list(group["Properties"].get("SecurityGroupIngress", []))
    for made in stack.of_type("AWS::EC2::SecurityGroupIngress").values():
        assert made["Properties"]["GroupId"] == f"<{stack.label}.{name}>"
        rules.append(made["Properties"])
    assert {rule["IpProtocol"] for rule in rules} == {"tcp"}
    return {port for rule in rules if rule.get("CidrIp") for port in range(rule["FromPort"], rule["ToPort"] + 1)}


def attributes(kind, part=BALANCER):
    key = {"LoadBalancer": "LoadBalancerAttributes", "TargetGroup": "TargetGroupAttributes"}[kind]
    return {one["Key"]: one["Value"] for one in part.one(f"AWS::ElasticLoadBalancingV2::{kind}")[key]}


@pytest.mark.parametrize("zone", [SECURE["HostedZone"], ""])
def test_with_a_certificate_everything_goes_by_tls_of_today(zone):
    part = installation(**{**SECURE, "HostedZone": zone}).parts["Balancer"]
    assert set(listeners(part)) == {80, 443} == ports_open_to_all(part)
    https = listeners(part)[443]
    assert https["Protocol"] == "HTTPS"
    assert https["SslPolicy"] in TLS_1_2
    assert listeners(part)[80]["Protocol"] == "HTTP"
    assert https["Certificates"] == [{"CertificateArn": SECURE["Certificate"]}]
    assert https["DefaultActions"] == FORWARD
    (action,) = listeners(part)[80]["DefaultActions"]
    assert action["Type"] == "redirect"
    assert action["RedirectConfig"] == {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}


def test_the_balancer_is_reached_from_outside():
    for part in (BALANCER, PLAIN):
        balancer = part.one("AWS::ElasticLoadBalancingV2::LoadBalancer")
        assert (balancer["Scheme"], balancer["Type"]) == ("internet-facing", "application")
        assert balancer["SecurityGroups"] == ["<Balancer.SecurityGroup>"]
        assert balancer["Subnets"] == ["<Network.FirstSubnet>", "<Network.SecondSubnet>"]
        for listener in listeners(part).values():
            assert listener["LoadBalancerArn"] == "<Balancer.Balancer>"


def test_without_one_there_is_http_alone():
    assert set(listeners(PLAIN)) == {80} == ports_open_to_all(PLAIN)
    assert listeners(PLAIN)[80]["DefaultActions"] == FORWARD
    assert PLAIN.of_type("AWS::Route53::RecordSet") == {}


def test_the_balancer_and_the_servers_are_in_one_network():
    for part in (BALANCER, SECURED.parts["Servers"]):
        assert part.one("AWS::EC2::SecurityGroup")["VpcId"] == "<Network.Vpc>"
    target = BALANCER.one("AWS::ElasticLoadBalancingV2::TargetGroup")
    assert (target["VpcId"], target["TargetType"]) == ("<Network.Vpc>", "instance"), "as the group registers them"


def test_the_balancer_sends_to_nobody_but_the_servers():
    """Without any rule of its own AWS would add one for everything."""
    rules = BALANCER.one("AWS::EC2::SecurityGroup")["SecurityGroupEgress"]
    assert rules and all(rule["CidrIp"] == "127.0.0.1/32" and rule["IpProtocol"] == "icmp" for rule in rules)
    assert all(rule["FromPort"] == rule["ToPort"] == -1 for rule in rules)


def test_no_server_is_reached_but_by_the_balancer():
    servers = SECURED.parts["Servers"]
    assert ports_open_to_all(servers) == set()
    (rule,) = servers.one("AWS::EC2::SecurityGroup")["SecurityGroupIngress"]
    target = BALANCER.one("AWS::ElasticLoadBalancingV2::TargetGroup")
    assert rule["FromPort"] == rule["ToPort"] == target["Port"]
    assert rule["SourceSecurityGroupId"] == "<Balancer.SecurityGroup>"
    assert rule["IpProtocol"] == "tcp"
    way = servers.one("AWS::EC2::SecurityGroupEgress")
    assert way["FromPort"] == way["ToPort"] == target["Port"]
    assert way["GroupId"] == "<Balancer.SecurityGroup>", "it is the balancer that may send"
    assert way["IpProtocol"] == "tcp"
    assert way["DestinationSecurityGroupId"] == "<Servers.SecurityGroup.GroupId>"


def test_a_server_gets_requests_while_it_says_that_it_is_ready():
    target = BALANCER.one("AWS::ElasticLoadBalancingV2::TargetGroup")
    assert target["HealthCheckPath"] == "/health/ready"
    assert target["Matcher"] == {"HttpCode": "200"}
    assert target["Protocol"] == "HTTP"
    assert target["HealthCheckTimeoutSeconds"] < target["HealthCheckIntervalSeconds"]
    # The server lingers for so long that this is noticed before it stops.
    assert target["HealthCheckIntervalSeconds"] * target["UnhealthyThresholdCount"] <= 20
    # A new server gets requests within half a minute.
    assert target["HealthCheckIntervalSeconds"] * target["HealthyThresholdCount"] <= 30
    assert attributes("TargetGroup")["load_balancing.algorithm.type"] == "least_outstanding_requests"


def test_it_is_never_the_server_that_closes_a_connection_in_use():
    # The server's own, unless it is told another.
    assert int(attributes("LoadBalancer")["idle_timeout.timeout_seconds"]) < 75


def test_requests_in_flight_are_finished_before_a_server_goes():
    assert int(attributes("TargetGroup")["deregistration_delay.timeout_seconds"]) > 20


def test_no_server_is_preferred_since_none_keeps_anything():
    assert attributes("TargetGroup").get("stickiness.enabled", "false") == "false"


def test_improper_requests_are_dropped_and_clients_forwarded():
    settings = attributes("LoadBalancer")
    assert settings["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert settings["routing.http.desync_mitigation_mode"] == "strictest"
    assert settings.get("routing.http.xff_header_processing.mode", "append") == "append"


def test_access_is_logged_to_a_bucket_that_forgets():
    settings = attributes("LoadBalancer")
    assert settings["access_logs.s3.enabled"] == "true"
    assert settings["access_logs.s3.bucket"] == "<Balancer.AccessLogs>"
    # AWS documents that a balancer writes to no bucket with a key of KMS.
    (rule,) = BALANCER.one("AWS::S3::Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    (rule,) = BALANCER.one("AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["ExpirationInDays"] == SECURED.parameters["LogDays"]
    writers = [
        statement
        for statement in BALANCER.one("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    # Below the account's own folder, which is all that AWS promises to be told by.
    assert [(one["Principal"], one["Action"], one["Resource"]) for one in writers] == [
        (
            {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "s3:PutObject",
            bucket("<Balancer.AccessLogs>", f"AWSLogs/{ACCOUNT}/*"),
        )
    ]
    assert BALANCER.template["Resources"]["Balancer"]["DependsOn"] == "AccessLogsPolicy"


def test_the_firewall_stops_a_flood_and_no_house_full_of_customers():
    """Fifty customers who share an address, at a request every second and a half, are no flood; what one server is meant
    for is one."""
    rate = TRIAL.parameters["FirewallRate"]
    assert 50 * 200 <= rate <= 5 * TRIAL.parameters["RequestsPerServer"]
    acl = PLAIN.one("AWS::WAFv2::WebACL")
    (limit,) = [one["Statement"]["RateBasedStatement"] for one in acl["Rules"] if one["Name"] == "rate"]
    assert (limit["Limit"], limit["EvaluationWindowSec"], limit["AggregateKeyType"]) == (rate, 300, "IP")


@pytest.mark.parametrize("firewall", ["yes", "no"])
def test_the_firewall_is_optional_and_protects_the_balancer(firewall):
    part = installation(**SECURE, Firewall=firewall).parts["Balancer"]
    associations = part.of_type("AWS::WAFv2::WebACLAssociation").values()
    assert len(associations) == len(part.of_type("AWS::WAFv2::WebACL")) == (1 if firewall == "yes" else 0)
    for association in associations:
        assert association["Properties"]["ResourceArn"] == "<Balancer.Balancer>"
        assert association["Properties"]["WebACLArn"] == "<Balancer.WebAcl.Arn>"


def test_the_firewall_limits_rates_and_samples_nothing():
    acl = BALANCER.one("AWS::WAFv2::WebACL")
    (rate,) = [rule for rule in acl["Rules"] if "RateBasedStatement" in rule["Statement"]]
    assert rate["Statement"]["RateBasedStatement"]["Limit"] == SECURED.parameters["FirewallRate"]
    assert set(rate["Action"]) == {"Block"}
    assert acl["DefaultAction"] == {"Allow": {}}, "what no rule is about comes through"
    assert acl["Scope"] == "REGIONAL"
    managed = [rule for rule in acl["Rules"] if "ManagedRuleGroupStatement" in rule["Statement"]]
    assert managed and all(rule["OverrideAction"] == {"None": {}} for rule in managed), (
        "they block, and do not just count"
    )
    assert len({rule["Priority"] for rule in acl["Rules"]}) == len(acl["Rules"])
    assert {rule["Statement"]["ManagedRuleGroupStatement"]["VendorName"] for rule in managed} == {"AWS"}
    views = [acl["VisibilityConfig"], *(rule["VisibilityConfig"] for rule in acl["Rules"])]
    assert not [view for view in views if view["SampledRequestsEnabled"]]


def test_the_host_name_points_to_the_balancer():
    record = BALANCER.one("AWS::Route53::RecordSet")
    assert (record["Name"], record["HostedZoneId"]) == (SECURE["HostName"], SECURE["HostedZone"])
    # An alias has the zone of what it points to, and a type of which that has addresses.
    assert record["AliasTarget"] == {
        "DNSName": "<Balancer.Balancer.DNSName>",
        "HostedZoneId": "<Balancer.Balancer.CanonicalHostedZoneID>",
    }
    assert record["Type"] == "A"
    assert BALANCER.one("AWS::ElasticLoadBalancingV2::LoadBalancer").get("IpAddressType", "ipv4") == "ipv4"
    assert SECURED.outputs["Address"] == f"https://{SECURE['HostName']}"
    assert TRIAL.outputs["Address"] == "http://<Balancer.Balancer.DNSName>"
