"""The program as it runs on AWS: the stack's table, the role's permissions, and credentials from the machine alone."""

import json
import time

import journey_legacy
import journey_seats
import pytest
from bridge import bridged
from cinema import REGION, Client, aws, engine, served, ticketly
from deployment import Aws
from guard import Guard, guarded, needs
from journey import Journey
from journey_money import Money
from makers import create_table
from metadata import machine
from played import operations, unplayed
from templates import EMULATED, SECURE, installation

TABLE = "cinema"
AT_ONCE = ("--expire-after", "0", "--archive-after", "0")


def role_of_servers(stack):
    """The policies of the role that the servers' machines have."""
    servers = stack.parts["Servers"]
    (profile,) = servers.of_type("AWS::IAM::InstanceProfile").values()
    (reference,) = profile["Properties"]["Roles"]
    (name,) = [key for key in servers.of_type("AWS::IAM::Role") if reference == f"<Servers.{key}>"]
    inline = servers.resources[name]["Properties"].get("Policies", [])
    attached = [made["Properties"] for made in servers.of_type("AWS::IAM::Policy").values()]
    policies = inline + [policy for policy in attached if reference in policy.get("Roles", [])]
    # A reference to a table is its name.
    return json.loads(json.dumps(policies).replace("<Data.Table>", TABLE))


def on_machine(endpoint, host):
    """The settings of a program on a machine: where things are, and nothing to sign by."""
    return {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": REGION, "AWS_EC2_METADATA_SERVICE_ENDPOINT": host.url}


class Cinema:
    """A server behind the guard, and keys for each role, made by the program under the same permissions."""

    def __init__(self, endpoint, guard, host, settings, running, bridge):
        self.table = Aws(endpoint).dynamodb
        self.guard, self.host, self.settings, self.server, self.bridge = guard, host, settings, running, bridge
        self.store = ("--store", f"dynamodb:{TABLE}")
        self.keys = {role: self.key("new", "--role", role) for role in ("admin", "box_office", "scheduler")}

    def key(self, *words, given=None):
        return ticketly(self.settings, "key", *words, *self.store, given=given)

    def age(self, payment):
        """Lets a payment be older than it is: a capture is tried for a quarter of an hour. Past the guard."""
        (key,) = ({name: {"S": value} for name, value in (("pk", f"PAYMENT#{payment}"), ("sk", payment))},)
        since = self.table.get_item(TableName=TABLE, Key=key)["Item"]["since"]["N"]
        self.table.update_item(
            TableName=TABLE,
            Key=key,
            UpdateExpression="SET #since = :earlier",
            ExpressionAttributeNames={"#since": "since"},
            ExpressionAttributeValues={":earlier": {"N": str(int(since) - 16 * 60 * 1000)}},
        )


@pytest.fixture(scope="module")
def cinema():
    stack = installation(EMULATED, **SECURE)
    with engine() as endpoint, machine() as host, bridged() as bridge:
        create_table(Aws(endpoint), stack.parts["Data"].one("AWS::DynamoDB::Table"))
        with guarded(endpoint, role_of_servers(stack), EMULATED["AWS::AccountId"], host) as (guard, url):
            settings = on_machine(url, host)
            with served({**settings, **bridge.settings}, TABLE, *AT_ONCE) as running:
                yield Cinema(endpoint, guard, host, settings, running, bridge)


@pytest.fixture(scope="module")
def played(cinema):
    """The cinema after every operation was done, and after its keys were added, listed and revoked."""
    journey = Journey(cinema.server.url, cinema.keys)
    journey.play()
    money = Money(journey, cinema.bridge)
    money.begin_unpaid()
    money.reaches(money.late, "authorised")
    cinema.age(money.late["paymentId"])
    journey_seats.play(journey)
    money.play()
    journey_legacy.play(journey)
    money.completes_unpaid()
    cinema.requests = journey.requests
    cinema.document = journey.anyone.get("/openapi.json")
    added = "tkl_scheduler_" + "0123456789abcdefghjkmnpqrs"
    for _ in range(2):
        cinema.key("add", given=added + "\n")
    Client(cinema.server.url, added).post("/v1/expirations")
    names = [line.split()[0] for line in cinema.key("list").splitlines() if " scheduler " in line]
    assert len(names) == 2
    for name in names:
        cinema.key("revoke", name)
    # Servers remember a key for 5 s.
    deadline = time.monotonic() + 10
    for key in (added, cinema.keys["scheduler"]):
        while Client(cinema.server.url, key).call("POST", "/v1/expirations", {})[0] != 401:
            assert time.monotonic() < deadline, "a revoked key should be refused"
            time.sleep(0.1)
    return cinema


def test_every_documented_operation_was_played(played):
    assert len(operations(played.document)) > 60
    assert unplayed(played.document, played.requests) == []
    assert played.bridge.unsigned == []


def test_an_operation_that_was_not_played_is_noticed():
    document = {"paths": {"/a/{id}": {"get": {}, "delete": {}, "summary": ""}, "/a/all": {"get": {}}}}
    assert unplayed(document, [("GET", "/a/7?x=1", 200), ("DELETE", "/a/7", 404)]) == [
        ("DELETE", "/a/{id}"),
        ("GET", "/a/all"),
    ]
    assert unplayed(document, [("GET", "/a/all", 200), ("DELETE", "/a/7", 200)]) == [("GET", "/a/{id}")]


def test_every_operation_works_with_the_servers_permissions(played):
    assert played.guard.refused == []
    assert played.server.process.poll() is None


def test_the_servers_have_no_unused_permission_on_the_table(played):
    assert played.guard.unused() == []


def test_credentials_come_from_version_2_of_the_metadata(played):
    assert any(path.startswith("/latest/meta-data/iam/security-credentials/") for path in played.host.answered)
    assert played.host.refused == []


def test_a_missing_wrong_or_other_roles_key_is_refused(cinema):
    wrong = "tkl_admin_" + "0" * 26
    for key, refusal in ((None, 401), (wrong, 401), ("nonsense", 401), (cinema.keys["box_office"], 403)):
        client = Client(cinema.server.url, key)
        for path in ("/v1/slots", "/v1/expirations", "/v1/archivals"):
            assert client.call("POST", path, {})[0] == refusal, (path, key)
    assert Client(cinema.server.url).call("GET", "/v1/users/USR0/tickets")[0] == 401


def test_the_log_tells_no_name_and_no_number(played):
    log = played.server.log.read_text()
    assert "9653864514" not in log and "John" not in log


def test_without_one_of_its_permissions_the_program_is_refused(played):
    stack = installation(EMULATED, **SECURE)
    policies = role_of_servers(stack)
    for policy in policies:
        for statement in policy["PolicyDocument"]["Statement"]:
            statement["Action"] = [one for one in statement["Action"] if one != "dynamodb:Query"]
    with engine() as endpoint, machine() as host:
        create_table(Aws(endpoint), stack.parts["Data"].one("AWS::DynamoDB::Table"))
        ticketly(aws(endpoint), "key", "list", *played.store)
        with guarded(endpoint, policies, EMULATED["AWS::AccountId"], host) as (guard, url):
            with pytest.raises(AssertionError, match="ticketly key list"):
                ticketly(on_machine(url, host), "key", "list", *played.store)
            assert {action for action, _ in guard.refused} == {"dynamodb:Query"}


def test_a_transaction_needs_the_permission_of_each_of_its_parts():
    items = [{"Put": {"TableName": "a"}}, {"ConditionCheck": {"TableName": "b"}}]
    assert needs("TransactWriteItems", {"TransactItems": items}) == {("PutItem", "a"), ("ConditionCheckItem", "b")}
    assert needs("Query", {"TableName": "a", "IndexName": "due"}) == {("Query", "a/index/due")}


def test_a_wrong_signature_or_an_empty_key_is_refused():
    guard = Guard([], EMULATED["AWS::AccountId"], ("ASIA", "session"))
    scope = f"Credential=ASIA/20300101/{REGION}/dynamodb/aws4_request"

    def refusal(low, session="session"):
        query = {"TableName": TABLE, "ExpressionAttributeValues": {":low": {"S": low}}}
        kind, _ = guard.refusal("Query", query, {"Authorization": scope, "X-Amz-Security-Token": session})
        return kind

    assert refusal(" ", "another") == "UnrecognizedClientException"
    assert refusal("") == "ValidationException"
    assert refusal(" ") == "AccessDeniedException"
