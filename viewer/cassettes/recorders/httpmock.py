"""httpmock for Rust: https://httpmock.rs/record-and-playback, a YAML document {when, then} for each interaction.

Neither the host nor any time is recorded. The cassettes of rig mark a binary body with `body_encoding`.
"""

from typing import Any
from urllib.parse import urlencode

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "httpmock",
        "httpmock",
        "https://httpmock.rs/record-and-playback",
        "YAML, a document for each interaction, also in rig's variant",
    ),
)


def recognise(document: Document) -> int:
    """Look for the matcher of a request, `when`, and its response, `then`."""
    if b"when" not in document.head:
        return 0
    tree = document.tree
    if not isinstance(tree, dict) or not isinstance(tree.get("when"), dict):
        return 0
    if isinstance(tree.get("then"), dict):
        return 90
    return 50 if document.broken and "path" in tree["when"] else 0


def read(document: Document) -> Recording:
    """Return an interaction for each document of the file."""
    problems: list[Problem] = []
    trees = [tree for tree in document.trees if tree is not None]
    interactions = [_interaction(mapping(tree), index, problems) for index, tree in enumerate(trees)]
    return Recording("httpmock", interactions, problems=tuple(problems), from_tree=True)


def _interaction(tree: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    when, then = mapping(tree.get("when")), mapping(tree.get("then"))
    if not then:
        problems.append(fields.no_response(index))
    return Interaction(
        Request(
            method=as_text(when.get("method") or ""),
            url=_url(when),
            headers=fields.headers(when.get("header")),
            body=_body(when),
        ),
        Response(
            status=fields.status(then.get("status")),
            headers=fields.headers(then.get("header")),
            body=_body(then),
        ),
    )


def _url(when: dict[str, Any]) -> str:
    host = f"{when.get('scheme') or 'http'}://{when['host']}" if when.get("host") else ""
    port = f":{when['port']}" if host and when.get("port") else ""
    query = urlencode(list(fields.headers(when.get("query_param")).items()), errors="replace")
    return f"{host}{port}{when.get('path') or ''}" + (f"?{query}" if query else "")


def _body(message: dict[str, Any]) -> bytes:
    if message.get("body_base64") is not None:
        return fields.base64_body(message["body_base64"])
    value = message.get("body")
    if value is None:
        return fields.body(message.get("json_body"))
    return fields.base64_body(value) if message.get("body_encoding") == "base64" else fields.body(value)
