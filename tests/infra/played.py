"""Which of the documented operations were played."""

import re


def operations(document):
    """The operations of an API document: pairs of method and path."""
    methods = ("get", "put", "post", "patch", "delete")
    return [(method.upper(), path) for path, item in document["paths"].items() for method in item if method in methods]


def unplayed(document, requests):
    """The operations to which no request was successful; requests are (method, path, status)."""
    succeeded = [(method, path.split("?")[0]) for method, path, status in requests if 200 <= status < 300]

    def played(method, path):
        # A path that is itself in the document is no identifier of another.
        pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))
        plain = {one for _, one in operations(document) if "{" not in one} - {path}
        return any(one == method and where not in plain and pattern.fullmatch(where) for one, where in succeeded)

    return [operation for operation in operations(document) if not played(*operation)]
