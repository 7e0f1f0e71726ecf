"""What a file that is not a recording seems to be, and what to do instead of opening it.

A wrong guess refuses nothing that could be shown: it is asked about files that no recorder module knows, and about JSON lines that
open anyway and only get a note.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from viewer.cassettes.document import Document
from viewer.text.json import is_number, mapping, parse


class Seeming(NamedTuple):
    """What a file seems to be."""

    what: str
    """With an article: "a PDF document"."""
    advice: str


_RECORD = "`cassette-viewer record --help`"
_NO_STREAM = f"It holds finished messages, but not the stream. Record the calls themselves: {_RECORD}."
_ORIGINAL = "Open the recording that it was made from."
_AS_HAR = "Save the calls in it as HAR, or as docs/recording-by-hand.md shows."

_BEGINNINGS = (
    (b"%PDF-", "a PDF document", "Open a recording."),
    (b"\x89PNG", "a picture", "Open a recording."),
    (b"\xff\xd8\xff", "a picture", "Open a recording."),
    (b"GIF8", "a picture", "Open a recording."),
    (b"SQLite format 3\0", "an SQLite database", _AS_HAR),
    (b"PAR1", "a Parquet file", f"{_ORIGINAL} `viewer.library` reads the tables of `index`."),
    *(
        (magic, "a packet capture", "In Wireshark, follow the HTTP stream, save it as raw, and open that.")
        for magic in (
            b"\xd4\xc3\xb2\xa1",
            b"\xa1\xb2\xc3\xd4",
            b"\x4d\x3c\xb2\xa1",
            b"\xa1\xb2\x3c\x4d",
            b"\x0a\x0d\x0d\x0a",
        )
    ),
    (b"WEBVTT", "a WebVTT transcript", _ORIGINAL),
    (b"interaction,event,choice,kind,", "a chunk table of this viewer", _ORIGINAL),
    (b"file,interaction,event,choice,kind,", "a chunk table of this viewer", _ORIGINAL),
)
_HTML = (b"<!doctype html", b"<html")
_HTML_ADVICE = (
    "A report of this viewer has a button that saves its recording. From a browser, save the network panel as HAR."
)
_MARKUP_BYTES = 256
_LINE_BYTES = 1 << 20

# Where the answers of interfaces and the exports of pages keep the list itself.
_LISTS = ("data", "items", "traces", "spans")


def what_it_seems(document: Document) -> Seeming | None:
    """Return what a file seems to be that no module reads. Return None if nothing is known about it."""
    data = document.data
    for begin, what, advice in _BEGINNINGS:
        if data.startswith(begin):
            return Seeming(what, advice)
    if data[:_MARKUP_BYTES].lstrip().lower().startswith(_HTML):
        return Seeming("an HTML page", _HTML_ADVICE)
    tree = document.tree
    return next((seeming for one in _objects(tree) if (seeming := _of_object(one))), None)


def what_lines_seem(data: bytes) -> Seeming | None:
    """Return what JSON lines seem to be that open, but only as raw events, because a program wrote finished messages to them."""
    line = data[:_LINE_BYTES].lstrip().partition(b"\n")[0]
    try:
        one = mapping(parse(line))
    except ValueError:
        return None
    return _trace(one) or _own_output(one)


def _objects(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield the object of a file, or the first one of its list, then the first one of a list within."""
    first = tree[0] if isinstance(tree, list) and tree else tree
    yield mapping(first)
    for name in _LISTS:
        inner = mapping(first).get(name)
        if isinstance(inner, list) and inner:
            yield mapping(inner[0])


def _of_object(one: dict[str, Any]) -> Seeming | None:
    return _trace(one) or _own_output(one) or _program_output(one) or _conversation(one)


def _own_output(one: dict[str, Any]) -> Seeming | None:
    is_own = {"schema", "interaction", "recorder", "metrics"} <= one.keys()
    return Seeming("the output of `cassette-viewer show --json`", _ORIGINAL) if is_own else None


def _trace(one: dict[str, Any]) -> Seeming | None:
    """Recognise what programs that watch models export, except those whose traces open."""
    keys = one.keys()
    what = ""
    if "resourceMetrics" in keys:
        what = "metrics of OpenTelemetry"
    elif {"traceID", "spans"} <= keys or {"traceId", "localEndpoint"} <= keys:
        what = "a trace of Jaeger or Zipkin"
    elif "trace_id" in mapping(one.get("info")) and "spans" in mapping(one.get("data")):
        what = "a trace of MLflow"
    return Seeming(what, _NO_STREAM) if what else None


def _program_output(one: dict[str, Any]) -> Seeming | None:
    """Recognise what other programs write."""
    keys = one.keys()
    if one.get("type") == "result" and {"session_id", "num_turns"} <= keys:
        advice = "Run it with `--output-format stream-json --verbose` and open that."
        return Seeming("the result of `claude --output-format json`, which leaves out the stream", advice)
    if "traceEvents" in keys:
        return Seeming("a trace of Chrome", "https://ui.perfetto.dev shows it. For the calls in it, save a HAR file.")
    if is_number(one.get("version")) and keys & {"width", "term"}:
        return Seeming("an asciicast", f"`asciinema play` plays it. {_ORIGINAL}")
    if {"cells", "nbformat"} <= keys:
        return Seeming("a Jupyter notebook", "Open a recording.")
    if keys & {"openapi", "swagger"}:
        return Seeming("the description of an API", f"Record a call of it: {_RECORD}.")
    return None


def _conversation(one: dict[str, Any]) -> Seeming | None:
    """Recognise messages without the stream that brought them."""
    keys = one.keys()
    if {"mapping", "current_node"} <= keys:
        return Seeming("a conversation exported from ChatGPT", _NO_STREAM)
    if {"request_body", "response_body"} <= keys:
        return Seeming("an export of Helicone", _NO_STREAM)
    if keys & {"messages", "contents"} and "model" in keys:
        return Seeming("a request without its response", f"Record the call: {_RECORD}.")
    return Seeming("a list of messages", _NO_STREAM) if isinstance(one.get("messages"), list) else None
