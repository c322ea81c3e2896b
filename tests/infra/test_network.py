"""The network of its own that an installation has where none is given."""

import ipaddress

from templates import REGION, Stack

NETWORK = Stack("network.yaml", {"Installation": "cinema"})


def test_two_subnets_lie_in_two_zones_and_in_the_network():
    (vpc,) = NETWORK.of_type("AWS::EC2::VPC").values()
    whole = ipaddress.ip_network(vpc["Properties"]["CidrBlock"])
    subnets = [made["Properties"] for made in NETWORK.of_type("AWS::EC2::Subnet").values()]
    parts = [ipaddress.ip_network(subnet["CidrBlock"]) for subnet in subnets]
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) == len(subnets) == 2
    assert all(part.subnet_of(whole) for part in parts)
    assert not parts[0].overlaps(parts[1])
    # As many servers as there may ever be, and the balancer's own addresses, even in one zone.
    assert all(part.num_addresses >= 256 for part in parts)


def test_names_are_found_in_the_network():
    vpc = NETWORK.one("AWS::EC2::VPC")
    assert vpc["EnableDnsSupport"] is True and vpc["EnableDnsHostnames"] is True


def test_no_machine_gets_a_public_address_unless_it_asks():
    for made in NETWORK.of_type("AWS::EC2::Subnet").values():
        assert not made["Properties"].get("MapPublicIpOnLaunch", False)


def test_what_goes_by_the_gateway_waits_until_it_is_attached():
    for name, made in NETWORK.of_type("AWS::EC2::Route").items():
        attached = [
            key
            for key, attachment in NETWORK.of_type("AWS::EC2::VPCGatewayAttachment").items()
            if attachment["Properties"]["InternetGatewayId"] == made["Properties"]["GatewayId"]
        ]
        assert len(attached) == 1 and made["DependsOn"] in (*attached, attached), name


def test_both_subnets_have_the_way_out_and_the_ways_inside_aws():
    associated = {
        made["Properties"]["SubnetId"] for made in NETWORK.of_type("AWS::EC2::SubnetRouteTableAssociation").values()
    }
    assert associated == {f"<{name}>" for name in NETWORK.of_type("AWS::EC2::Subnet")}
    (route,) = NETWORK.of_type("AWS::EC2::Route").values()
    assert route["Properties"]["DestinationCidrBlock"] == "0.0.0.0/0"
    assert route["Properties"]["GatewayId"] == "<Gateway>"
    endpoints = {
        made["Properties"]["ServiceName"]: made["Properties"]
        for made in NETWORK.of_type("AWS::EC2::VPCEndpoint").values()
    }
    assert set(endpoints) == {f"com.amazonaws.{REGION}.{service}" for service in ("dynamodb", "s3")}
    for endpoint in endpoints.values():
        assert endpoint["VpcEndpointType"] == "Gateway"
        assert endpoint["RouteTableIds"] == ["<Routes>"]
