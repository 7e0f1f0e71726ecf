"""cendor-cassette: https://github.com/cendorhq/cendor-libs, JSON; it keeps no time at all.

An entry is the call of a model, or of a tool, which is a function of the recorded program. A streamed call holds a list of
the SDK's objects. What looks like a secret, ids among it, stands as "<redacted>".
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.recorders.llm_cassette import WIRE_LOST, plain, streamed, version
from viewer.cassettes.wire_form import JSON_LINES
from viewer.text.json import mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "cendor-cassette",
        "cendor-cassette",
        "https://github.com/cendorhq/cendor-libs",
        "JSON of versions 1 and 2, tool calls",
    ),
)

_KINDS = ("llm", "tool")


def recognise(document: Document) -> int:
    """Look for entries of a kind that have the hash of a request, or for a file of none that has nothing else."""
    if b'"entries"' not in document.head:
        return 0
    tree = mapping(document.tree)
    entries = tree.get("entries")
    if not isinstance(entries, list):
        return 0
    if not entries:
        return 40 if tree.keys() == {"version", "entries"} else 0
    held = map(mapping, entries)
    return 95 if any(entry.get("kind") in _KINDS and "request_hash" in entry for entry in held) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each entry, in the order of the file; the URL of none is known."""
    tree = document.tree
    if not tree["entries"]:
        raise CassetteError(document.name, "a cendor cassette without entries.", "Was anything recorded?")
    problems: list[Problem] = []
    interactions = [_interaction(entry, index, problems) for index, entry in enumerate(tree["entries"])]
    if any(interaction.response.content_type == JSON_LINES for interaction in interactions):
        problems.append(WIRE_LOST)
    return Recording("cendor-cassette", interactions, version(tree.get("version")), tuple(problems), from_tree=True)


def _interaction(value: Any, index: int, problems: list[Problem]) -> Interaction:
    entry = mapping(value)
    request = Request(body=fields.json_body(entry["request"]) if "request" in entry else b"")
    if "response" not in entry:
        problems.append(fields.no_response(index))
        return Interaction(request, Response())
    held = entry["response"]
    # Version 1 does not say whether the call was streamed, and a model answers with a list in no other case.
    is_stream = entry.get("kind") == "llm" and isinstance(held, list)
    return Interaction(request, streamed(held) if is_stream else plain(held))
