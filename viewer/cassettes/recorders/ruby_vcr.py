"""VCR of Ruby, https://github.com/vcr/vcr, in YAML or JSON, and of R, https://docs.ropensci.org/vcr, which has its shape.

`recorded_at` is when the response had ended, in whole seconds; nothing says when the request began.
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
        "VCR of Ruby",
        "https://github.com/vcr/vcr",
        "YAML and JSON, texts, base64 and exact bytes",
        "end of the response, to the second",
    ),
    About(
        "r-vcr",
        "vcr of R",
        "https://docs.ropensci.org/vcr",
        "YAML and JSON",
        "end of the response, to the second",
    ),
)

_VERSION = re.compile(r"\d+(?:\.\w+)+")
_R = re.compile(r"vcr/|webmockr/")


def recognise(document: Document) -> int:
    """Look for a list of `http_interactions`; others that write one say so, and are surer."""
    return 90 if items(document) is not None else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    return recording(document, "r-vcr" if _is_of_r(document) else "ruby-vcr")


def items(document: Document) -> list[dict[str, Any]] | None:
    """Return the interactions as they are written; None where the file has no list of them."""
    if b"http_interactions" not in document.head:
        return None
    held = mapping(document.tree).get("http_interactions")
    return fields.mappings(held) if isinstance(held, list) else None


def recorder(document: Document) -> str:
    """Return what the file says it was recorded with."""
    return as_text(mapping(document.tree).get("recorded_with") or "")


def recording(document: Document, name: str) -> Recording:
    """Read the interactions of any recorder that has this shape."""
    held = items(document)
    if not held:
        raise CassetteError(document.name, f"a {name} cassette without interactions.", "Was anything recorded?")
    version = _VERSION.search(recorder(document))
    problems: list[Problem] = []
    interactions = [_interaction(item, index, problems) for index, item in enumerate(held)]
    return Recording(name, interactions, version.group() if version else "", tuple(problems), from_tree=True)


def _is_of_r(document: Document) -> bool:
    """Tell by the recorder's name, or by a status that is a number and no mapping."""
    statuses = [mapping(item.get("response")).get("status") for item in items(document) or []]
    return bool(_R.search(recorder(document))) or any(isinstance(status, int) for status in statuses)


def _interaction(item: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    request, response = mapping(item.get("request")), mapping(item.get("response"))
    if not response:
        problems.append(fields.no_response(index))
    status = response.get("status")
    return Interaction(
        Request(
            # Ruby writes the method as a symbol, `post`.
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
    if value.get("base64_string") is not None:
        return fields.base64_body(value["base64_string"])
    return _encoded(value.get("string"), value.get("encoding"))


def _encoded(text: Any, encoding: Any) -> bytes:
    """Return the bytes that were read as text in an encoding; in UTF-8 where Python has no such encoding or it cannot.

    ASCII-8BIT, Ruby's word for bytes, is such; ISO-8859-1 is what many clients take every text for that says no charset.
    """
    if isinstance(text, str) and isinstance(encoding, str):
        try:
            return text.encode(encoding)
        except (LookupError, ValueError):
            pass
    return fields.body(text)
