"""Items saved from Burp Suite: https://portswigger.net/burp/documentation/desktop/tools/proxy/http-history, XML.

Each item has the request and the response as they were on the wire, mostly in base64. The document type in the file describes the
elements. `time` is Java's form of a date; only UTC and GMT are read, since other short names of zones mean several zones.
"""

import re
from datetime import UTC, datetime

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.syntax.chunked_coding import WRONG_SIZES, WRONG_SIZES_ADVICE, remove_chunks
from viewer.cassettes.syntax.http_messages import HTTPMessage, parse_message, request_url
from viewer.cassettes.syntax.xml_tree import Element, read_xml
from viewer.types.formats import About
from viewer.types.http import Interaction, Moment, RecordedTimes, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "burp",
        "Burp Suite",
        "https://portswigger.net/burp/documentation/desktop/tools/proxy/http-history",
        "saved items in XML, with and without base64",
        "start of the request, to the second, if it is in UTC",
    ),
)

_ROOT = re.compile(rb"<items\s[^<>]*\bburpVersion\s*=")
_TIME = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<rest>[0-9]{2} [0-9:]{8}) (?:UTC|GMT|Z) (?P<year>[0-9]{4})"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def recognise(document: Document) -> int:
    """Look for the list of items with the version of Burp."""
    return 95 if document.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and _ROOT.search(document.head) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each item. Raise `CassetteError` if there is none."""
    root, trouble = read_xml(document.data, document.limits)
    items = [one for one in root.children if one.name == "item"] if root else []
    if not items:
        reason = f"its XML cannot be read: {trouble}." if trouble else "the file has no items."
        raise CassetteError(document.name, reason, "Save the items again.")
    problems: list[Problem] = []
    interactions = [_interaction(item, index, problems) for index, item in enumerate(items)]
    if trouble:
        what = f"The XML is broken or cut off: {trouble}."
        problems.append(Problem("warning", what, "Everything before that line is read."))
    version = root.attributes.get("burpVersion", "") if root else ""
    return Recording("burp", interactions, version, tuple(problems))


def _interaction(item: Element, index: int, problems: list[Problem]) -> Interaction:
    sent, received = (_message(item.child(side)) for side in ("request", "response"))
    method, target, _ = sent.start_line if sent else (item.child_text("method"), item.child_text("path"), "")
    url = item.child_text("url")
    headers = sent.headers if sent else fields.headers(None)
    request = Request(method, url or request_url(target, headers), headers, sent.body if sent else b"")
    times = RecordedTimes(started=_moment(item.child_text("time")))
    if received is None:
        problems.append(fields.no_response(index))
        return Interaction(request, Response(fields.status(item.child_text("status"))), times)
    body, is_whole = remove_chunks(received)
    if not is_whole:
        problems.append(Problem("warning", WRONG_SIZES, WRONG_SIZES_ADVICE, interaction=index))
    _, code, reason = received.start_line
    return Interaction(request, Response(fields.status(code), reason, received.headers, body), times)


def _message(element: Element | None) -> HTTPMessage | None:
    """Return the message in an element. Return None if it is empty."""
    if element is None or not element.text.strip():
        return None
    is_packed = element.attributes.get("base64") == "true"
    return parse_message(fields.base64_body(element.text) if is_packed else fields.body(element.text))


def _moment(text: str) -> Moment | None:
    match = _TIME.fullmatch(text)
    if not match or match["month"] not in _MONTHS:
        return None
    try:
        month = _MONTHS.index(match["month"]) + 1
        time = datetime.strptime(f"{match['year']} {month} {match['rest']}", "%Y %m %d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Moment(time.timestamp(), 1.0)
