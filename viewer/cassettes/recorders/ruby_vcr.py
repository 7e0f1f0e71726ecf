"""VCR for Ruby, https://github.com/vcr/vcr, and vcr for R, https://docs.ropensci.org/vcr, YAML or JSON in one format.

`recorded_at` is the end of the response, in whole seconds. The start of the request is not recorded.
"""

import re
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, RecordedTimes, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "ruby-vcr",
        "VCR for Ruby",
        "https://github.com/vcr/vcr",
        "YAML and JSON, with text, base64 or binary bodies",
        "end of the response, to the second",
    ),
    About(
        "r-vcr",
        "vcr for R",
        "https://docs.ropensci.org/vcr",
        "YAML and JSON",
        "end of the response, to the second",
    ),
)

_VERSION = re.compile(r"\d+(?:\.\w+)+")
_R = re.compile(r"vcr/|webmockr/")


def recognise(document: Document) -> int:
    """Look for a list of `http_interactions`. Other recorders that write one name themselves, and their modules are more sure."""
    return 90 if http_interactions(document) is not None else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    return read_as(document, "r-vcr" if _is_r(document) else "ruby-vcr")


def http_interactions(document: Document) -> list[dict[str, Any]] | None:
    """Return the interactions as they are in the file. Return None if it has no list of them."""
    if b"http_interactions" not in document.head:
        return None
    items = mapping(document.tree).get("http_interactions")
    return fields.mappings(items) if isinstance(items, list) else None


def recorded_with(document: Document) -> str:
    """Return the name and version of the recorder according to the file."""
    return as_text(mapping(document.tree).get("recorded_with") or "")


def read_as(document: Document, name: str) -> Recording:
    """Read a file of any recorder that uses this format."""
    items = http_interactions(document)
    if not items:
        raise CassetteError(document.name, f"the {name} cassette has no interactions.", fields.CHECK_RECORDER)
    version = _VERSION.search(recorded_with(document))
    problems: list[Problem] = []
    interactions = [_interaction(item, index, problems) for index, item in enumerate(items)]
    return Recording(name, interactions, version.group() if version else "", tuple(problems), from_tree=True)


def _is_r(document: Document) -> bool:
    """Look for the recorder's name, or for a status that is a number instead of a mapping."""
    statuses = [mapping(item.get("response")).get("status") for item in http_interactions(document) or []]
    return bool(_R.search(recorded_with(document))) or any(isinstance(status, int) for status in statuses)


def _interaction(item: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    request, response = mapping(item.get("request")), mapping(item.get("response"))
    if not response:
        problems.append(fields.no_response(index))
    status = response.get("status")
    return Interaction(
        Request(
            # Ruby writes the method in lower case, as a symbol.
            method=as_text(request.get("method") or "").upper(),
            url=as_text(request.get("uri") or ""),
            headers=fields.headers(request.get("headers")),
            body=_body(request.get("body")),
        ),
        Response(
            status=fields.status(status.get("code") if isinstance(status, dict) else status),
            reason=as_text(mapping(status).get("message") or ""),
            headers=fields.headers(response.get("headers")),
            body=_body(response.get("body")),
        ),
        RecordedTimes(ended=fields.moment(item.get("recorded_at"), 1.0)),
    )


def _body(value: Any) -> bytes:
    if not isinstance(value, dict):
        return fields.body(value)
    if isinstance(value.get("base64_string"), str):
        return fields.base64_body(value["base64_string"])
    return _encoded(value.get("string"), value.get("encoding"))


def _encoded(text: Any, encoding: Any) -> bytes:
    """Encode text in the encoding in which it was read. Use UTF-8 if Python does not have the encoding or cannot use it.

    Python does not have ASCII-8BIT, Ruby's name for bytes. Many clients read text without a charset as ISO-8859-1.
    """
    if isinstance(text, str) and isinstance(encoding, str):
        try:
            return text.encode(encoding)
        except (LookupError, ValueError):
            pass
    return fields.body(text)
