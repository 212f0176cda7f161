"""docs/openapi.json as a judge: an answer that it does not describe is a fault."""
import json
import re

import jsonschema

from server import ROOT

SPECIFICATION = json.loads((ROOT / "docs/openapi.json").read_text())


def closed(node, inside_all_of=False):
    """The schema with nothing allowed that it doesn't name. Parts of an `allOf` see one half of an object only."""
    if isinstance(node, list):
        return [closed(part, inside_all_of) for part in node]
    if not isinstance(node, dict):
        return node
    made = {name: closed(part, name == "allOf") for name, part in node.items()}
    whole = "properties" in made or "allOf" in made or "$ref" in made
    if whole and not inside_all_of and "additionalProperties" not in made:
        made["unevaluatedProperties"] = False
    return made


# What others refer to stays open: each reference closes it, or is a part of something larger.
COMPONENTS = {name: {key: closed(value, key == "allOf") for key, value in schema.items()}
              for name, schema in SPECIFICATION["components"]["schemas"].items()}
PATHS = sorted(((re.compile(re.sub(r"\{\w+\}", "[^/?]+", path) + "$"), operations)
                for path, operations in SPECIFICATION["paths"].items()),
               key=lambda entry: entry[0].pattern.count("[^"))


def operation(method, path):
    for pattern, operations in PATHS:
        if pattern.match(path.partition("?")[0]):
            return operations.get("get" if method == "HEAD" else method.lower())
    return None


def schema_of(response, content_type):
    if "$ref" in response:
        response = SPECIFICATION["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return response.get("content", {}).get(content_type, {}).get("schema")


def check(method, path, reply):
    """Asserts that the reply is one of those described."""
    described = operation(method, path)
    content_type = reply.headers.get("content-type", "").partition(";")[0]
    if described is None:
        assert reply.status in (404, 405) or not path.startswith("/api"), f"{method} {path} is not described: {reply}"
        return
    response = described["responses"].get(str(reply.status)) or (
        described["responses"].get("default") if reply.status >= 400 else None)
    assert response, f"{method} {path} is not described as answering {reply}"
    if "json" not in content_type or method == "HEAD" or reply.status == 304:
        return
    schema = schema_of(response, content_type)
    assert schema, f"{method} {path} is not described as {content_type}: {reply}"
    jsonschema.Draft202012Validator({**closed(schema), "components": {"schemas": COMPONENTS}}).validate(reply.json())
