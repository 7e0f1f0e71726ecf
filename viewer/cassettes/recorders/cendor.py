"""cendor-cassette: https://github.com/cendorhq/cendor-libs, JSON without any times.

An entry is a call to a model, or to a tool, which is a function of the recorded program. A streamed call holds a list of the
SDK's objects. Whatever looks like a secret, including ids, is replaced by "<redacted>".
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.sdk_objects import WIRE_LOST, is_streamed, not_streamed, streamed
from viewer.text.json import mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "cendor-cassette",
        "cendor-cassette",
        "https://github.com/cendorhq/cendor-libs",
        "JSON of versions 1 and 2, with tool calls",
    ),
)

_KINDS = ("llm", "tool")


def recognise(document: Document) -> int:
    """Look for entries with a kind and the hash of a request, or for a file with only a version and no entries."""
    if b'"entries"' not in document.head:
        return 0
    tree = mapping(document.tree)
    entries = tree.get("entries")
    if not isinstance(entries, list):
        return 0
    if not entries:
        return 40 if tree.keys() == {"version", "entries"} else 0
    is_cendor = any(entry.get("kind") in _KINDS and "request_hash" in entry for entry in fields.mappings(entries))
    return 95 if is_cendor else 0


def read(document: Document) -> Recording:
    """Return an interaction for each entry, in the order of the file. No URLs are recorded."""
    tree = document.tree
    if not tree["entries"]:
        raise CassetteError(document.name, "the cendor cassette has no entries.", fields.CHECK_RECORDER)
    problems: list[Problem] = []
    interactions = [_interaction(entry, index, problems) for index, entry in enumerate(tree["entries"])]
    if any(is_streamed(interaction.response) for interaction in interactions):
        problems.append(WIRE_LOST)
    return Recording(
        "cendor-cassette", interactions, fields.version(tree.get("version")), tuple(problems), from_tree=True
    )


def _interaction(value: Any, index: int, problems: list[Problem]) -> Interaction:
    entry = mapping(value)
    request = Request(body=fields.json_body(entry["request"]) if "request" in entry else b"")
    if "response" not in entry:
        problems.append(fields.no_response(index))
        return Interaction(request, Response())
    response = entry["response"]
    # Version 1 does not say whether a call was streamed, but a model returns a list in no other case.
    is_stream = entry.get("kind") == "llm" and isinstance(response, list)
    return Interaction(request, streamed(response) if is_stream else not_streamed(response))
