"""What is kept: the table and the first keys."""

import json

from templates import Stack, installation

DATA = Stack("data.yaml", {"Installation": "cinema"})
KEY_DIGITS = set("0123456789abcdefghjkmnpqrstvwxyz")


def test_the_table_is_protected_and_restorable():
    table = DATA.one("AWS::DynamoDB::Table")
    assert table["DeletionProtectionEnabled"] is True
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["BillingMode"] == "PAY_PER_REQUEST"


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
