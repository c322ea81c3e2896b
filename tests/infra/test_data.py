"""What is kept: the table and the first keys."""

import json

from templates import Stack, installation, read

DATA = Stack("data.yaml", {"Installation": "cinema"})
KEY_DIGITS = set("0123456789abcdefghjkmnpqrstvwxyz")


def test_the_table_is_protected_and_restorable():
    table = DATA.one("AWS::DynamoDB::Table")
    assert table["DeletionProtectionEnabled"] is True
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_the_table_has_the_name_of_the_installation():
    """The page names it so, and a stack that begins again finds it by that."""
    assert DATA.one("AWS::DynamoDB::Table")["TableName"] == "cinema"


def test_an_existing_table_is_used_and_none_is_created():
    stack = installation(ExistingTable="restored")
    assert stack.parts["Data"].of_type("AWS::DynamoDB::Table") == {}
    assert stack.outputs["Table"] == "restored"
    policy = json.dumps(stack.parts["Servers"].resources)
    assert ":table/restored" in policy and "<Data.Table>" not in policy


def test_keys_are_26_digits_and_new_ones_have_new_names():
    for made in DATA.of_type("AWS::SecretsManager::Secret").values():
        generated = made["Properties"]["GenerateSecretString"]
        assert generated["PasswordLength"] == 26
        assert generated["ExcludeUppercase"] and generated["ExcludePunctuation"]
        letters = set("abcdefghijklmnopqrstuvwxyz0123456789") - set(generated["ExcludeCharacters"])
        assert letters == KEY_DIGITS
        assert "SecretString" not in made["Properties"]
    names = [
        {
            made["Properties"]["Name"]
            for made in Stack("data.yaml", given).of_type("AWS::SecretsManager::Secret").values()
        }
        for given in ({"Installation": "cinema"}, {"Installation": "cinema", "KeyGeneration": 2})
    ]
    assert len(names[0]) == 2 and not names[0] & names[1]


def test_what_is_shared_with_the_bridge_is_generated_as_the_program_needs_it():
    assert not {"PaymentToken", "PaymentSecret"} & set(DATA.resources)
    assert (DATA.outputs["PaymentToken"], DATA.outputs["PaymentSecret"]) == ("", "")
    given = {"Installation": "cinema", "PaymentProvider": "https://bridge.example", "KeyGeneration": 3}
    stack = Stack("data.yaml", given)
    made = {key: stack.resources[key]["Properties"] for key in ("PaymentToken", "PaymentSecret")}
    for key, secret in made.items():
        generated = secret["GenerateSecretString"]
        # Letters and digits: a part of base 64, and of what a token may have.
        assert generated["ExcludePunctuation"] is True and not generated.get("IncludeSpace", False)
        assert "SecretString" not in secret
        # The bridge has them too: they do not change with the keys.
        assert "3" not in secret["Name"], key
    assert 32 <= made["PaymentToken"]["GenerateSecretString"]["PasswordLength"] <= 1000
    length = made["PaymentSecret"]["GenerateSecretString"]["PasswordLength"]
    assert length % 4 == 0 and 24 <= length // 4 * 3 <= 64, "whole bytes of base 64, as many as a key may have"
    assert len({secret["Name"] for secret in made.values()}) == 2


def test_no_secret_of_payments_is_a_parameter():
    for name in ("ticketly.yaml", "data.yaml", "servers.yaml"):
        secrets = {key for key in read(name)["Parameters"] if "Payment" in key} - {"PaymentProvider"}
        handed = {"PaymentToken", "PaymentSecret"} if name == "servers.yaml" else set()
        assert secrets == handed, "the servers get ARNs"
