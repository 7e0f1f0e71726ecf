"""Betamax: https://betamax.readthedocs.io, the shape of Ruby's VCR in JSON.

requests takes a text that names no charset for ISO-8859-1, so that UTF-8 stands here as Latin-1 and is put right by the
`encoding` beside it. `recorded_at` is when the response had ended, in whole seconds.
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
        "JSON, plain and pretty, texts and bytes",
        "end of the response, to the second",
    ),
)


def recognise(document: Document) -> int:
    """Look for the name, or, in a file that lost its end, for what VCR itself never writes."""
    items = ruby_vcr.items(document)
    if items is None:
        return 0
    recorder = ruby_vcr.recorder(document)
    if recorder:
        return 95 if recorder.startswith("betamax") else 0
    return 95 if any(map(_is_betamax, items)) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    return ruby_vcr.recording(document, "betamax")


def _is_betamax(item: dict[str, Any]) -> bool:
    """Tell by the URL of a response, or by an encoding in lower case, as Python writes it and Ruby does not."""
    body = mapping(mapping(item.get("request")).get("body"))
    return "url" in mapping(item.get("response")) or body.get("encoding") == "utf-8"
