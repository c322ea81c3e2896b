"""What roles and policies allow, as IAM would decide it. What is not understood here is an error: a test must not guess."""

from fnmatch import fnmatchcase

from templates import PARTITION


def _list(value):
    return value if isinstance(value, list) else [value]


def matches(pattern, text):
    """Whether a pattern of IAM, in which `*` and `?` alone are special, fits a text."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def statements(stack, key):
    """The statements of a role's policies, or of a policy."""
    properties = stack.resources[key]["Properties"]
    assert not properties.get("ManagedPolicyArns"), f"{key} has what nothing here says"
    documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [properties])]
    return [statement for document in documents for statement in document["Statement"]]


def trusted(stack, role):
    """Who may take a role, and on what conditions."""
    (statement,) = stack.resources[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole")
    return statement["Principal"], statement.get("Condition", {})


def fits(conditions, context):
    """Whether a request with this context fulfils the conditions of a statement."""

    def held(operator, key, wanted):
        if key not in context:
            return False
        if operator in ("ArnLike", "ArnEquals", "StringLike"):
            return any(matches(one, context[key]) for one in _list(wanted))
        if operator in ("StringEquals", "Bool"):
            return context[key] in _list(wanted)
        raise NotImplementedError(operator)

    return all(held(operator, key, wanted) for operator, keys in conditions.items() for key, wanted in keys.items())


def allowed(found, action, resource, context):
    """Whether statements allow an action on a resource, in a context such as `{"iam:PassedToService": ...}`."""
    verdicts = set()
    for one in found:
        if set(one) - {"Sid", "Effect", "Action", "Resource", "Condition", "Principal"}:
            raise NotImplementedError(f"a statement with {sorted(one)}")
        named = any(matches(wanted.lower(), action.lower()) for wanted in _list(one["Action"]))
        if named and any(matches(wanted, resource) for wanted in _list(one["Resource"])):
            if fits(one.get("Condition", {}), context):
                verdicts.add(one["Effect"])
    return verdicts == {"Allow"}


def denied(found, action, resource, context):
    """Whether statements of a resource's policy deny everybody an action."""
    everybody = [one for one in found if one["Effect"] == "Deny" and one.get("Principal") == "*"]
    return any(
        any(matches(wanted.lower(), action.lower()) for wanted in _list(one["Action"]))
        and any(matches(wanted, resource) for wanted in _list(one["Resource"]))
        and fits(one["Condition"], context)
        for one in everybody
    )


def allows(stack, key, action, resource, context=None):
    """Whether a role or a policy of a part allows an action on a resource."""
    return allowed(statements(stack, key), action, resource, context or {})


def bucket(name, path=None):
    """The ARN of a bucket, or of what lies in it."""
    return f"arn:{PARTITION}:s3:::{name}" + (f"/{path}" if path else "")
