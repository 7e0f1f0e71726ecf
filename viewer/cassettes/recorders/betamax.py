"""Betamax: https://betamax.readthedocs.io, JSON in the format of Ruby's VCR.

requests reads text without a charset as ISO-8859-1, so UTF-8 is stored as Latin-1. The `encoding` next to it
restores the bytes. `recorded_at` is the end of the response, in whole seconds.
"""

from typing import Any

from viewer.cassettes import Recording
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import ruby_vcr
from viewer.text.json import mapping
from viewer.types.formats import About

ABOUT = (
    About(
        "betamax",
        "Betamax",
        "https://betamax.readthedocs.io",
        "JSON, compact or indented, with text or base64 bodies",
        "end of the response, to the second",
    ),
)


def recognise(document: Document) -> int:
    """Look for the recorder's name. If the file lost its end, look for what VCR itself never writes."""
    interactions = ruby_vcr.http_interactions(document)
    if interactions is None:
        return 0
    recorder = ruby_vcr.recorded_with(document)
    if recorder:
        return 95 if recorder.startswith("betamax") else 0
    return 95 if any(map(_is_betamax, interactions)) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    return ruby_vcr.read_as(document, "betamax")


def _is_betamax(item: dict[str, Any]) -> bool:
    """Look for the URL of a response, or for a lower-case encoding, which Python writes and Ruby does not."""
    body = mapping(mapping(item.get("request")).get("body"))
    return "url" in mapping(item.get("response")) or body.get("encoding") == "utf-8"
