"""HTTP/1 messages as text, printed by `curl -i` (https://curl.se/docs/manpage.html) or HTTPie (https://httpie.io).

curl prints all responses up to the last one: `100 Continue`, a proxy's, and redirects, whose bodies it leaves out. HTTPie
prints requests too, with two line feeds after each body, and with `-vv` the time of the whole exchange. Both remove the
chunked coding, although the header still names it. `curl --raw` keeps it.
"""

import re
from collections.abc import Iterator

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.syntax.chunked_coding import WRONG_SIZES, WRONG_SIZES_ADVICE, decode_chunked
from viewer.cassettes.syntax.http_messages import HTTPMessage, is_interim, parse_message, request_url
from viewer.types.formats import About
from viewer.types.http import Interaction, RecordedTimes, Request, Response
from viewer.types.problems import Problem
from viewer.wire.sniff import is_event_stream, is_json_lines

ABOUT = (
    About(
        "curl",
        "curl -i",
        "https://curl.se/docs/manpage.html#-i",
        "one or more responses with their headers; HTTPie's too if the request is not printed",
    ),
    About(
        "httpie",
        "HTTPie",
        "https://httpie.io/docs/cli/output-options",
        "output of `--print=HBhb`, `-v` and `--all`",
        "with `-vv`: the time of the whole exchange",
    ),
)

_FIRST_LINE = (
    rb"(?:HTTP/\d(?:\.\d)? \d{3}\b[^\r\n]*+|[A-Z]{3,20} \S++ HTTP/\d(?:\.\d)?)\r?\n(?=[!#$%&'*+.^`|~\w-]++:|\r?\n)"
)
_BEGIN = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*+(?=" + _FIRST_LINE + rb")")
_NEXT = re.compile(rb"[\r\n]*+(?=\Z|" + _FIRST_LINE + rb")")
_ON_A_LINE = re.compile(rb"^(?=" + _FIRST_LINE + rb")", re.MULTILINE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_ELAPSED = re.compile(rb"\r?\n\r?\nElapsed time: (\d{1,9}(?:\.\d{1,12})?)s\s*+\Z")
# The line is shorter, so only the end of a long body is searched.
_ELAPSED_BYTES = 80
_SEPARATOR = re.compile(rb"\r?\n\r?\n\Z")


def recognise(document: Document) -> int:
    """Look for the first line of a message, followed by a header or a blank line."""
    return 80 if _BEGIN.match(document.head) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each response, and for each request that has none."""
    problems: list[Problem] = []
    interactions: list[Interaction] = []
    request: HTTPMessage | None = None
    messages = list(_messages(document.data))
    for message in messages:
        if message.is_request:
            if request:
                interactions.append(_interaction(request, None, len(interactions), problems))
            request = message
        elif message is messages[-1] or not is_interim(message):
            interactions.append(_interaction(request, message, len(interactions), problems))
            request = None
    if request:
        interactions.append(_interaction(request, None, len(interactions), problems))
    name = "httpie" if any(message.is_request for message in messages) else "curl"
    return Recording(name, interactions, problems=tuple(problems))


def _messages(data: bytes) -> Iterator[HTTPMessage]:
    first = _BEGIN.match(data)
    place = first.end() if first else 0
    while place < len(data):
        head_end = _HEAD_END.search(data, place)
        begin = head_end.end() if head_end else len(data)
        message = parse_message(data[place:begin])
        end, place = _extent(data, begin, message)
        yield message._replace(body=data[begin:end])


def _extent(data: bytes, begin: int, message: HTTPMessage) -> tuple[int, int]:
    """Return the offset at which the body that begins at `begin` ends, and the offset of the next message."""
    length = message.headers.get("content-length", "")
    declared_end = begin + int(length) if re.fullmatch("[0-9]{1,12}", length) else begin
    # The length is wrong if curl left the body out or decompressed it.
    if declared_end <= len(data) and (after := _NEXT.match(data, declared_end)):
        return declared_end, after.end()
    after = _ON_A_LINE.search(data, begin)
    if not after:
        return len(data), len(data)
    place = after.start()
    is_httpie = message.is_request or not data.startswith(b"HTTP/", place)
    separator = _SEPARATOR.search(data, max(begin, place - 4), place) if is_httpie else None
    return separator.start() if separator else place, place


def _interaction(
    sent: HTTPMessage | None, received: HTTPMessage | None, index: int, problems: list[Problem]
) -> Interaction:
    request, response, times = Request(), Response(), RecordedTimes()
    if sent:
        method, target, _ = sent.start_line
        request = Request(method, request_url(target, sent.headers), sent.headers, sent.body)
    if received:
        elapsed = _ELAPSED.search(received.body, max(0, len(received.body) - _ELAPSED_BYTES))
        body = _without_chunks(
            received, received.body[: elapsed.start()] if elapsed else received.body, index, problems
        )
        _, code, reason = received.start_line
        response = Response(fields.status(code), reason, received.headers, body)
        times = RecordedTimes(whole_s=float(elapsed[1]) if elapsed else None)
    else:
        problems.append(fields.no_response(index))
    return Interaction(request, response, times)


def _without_chunks(received: HTTPMessage, body: bytes, index: int, problems: list[Problem]) -> bytes:
    """Remove the chunked coding from a body, if the body still has it."""
    if not received.is_chunked:
        return body
    decoded, is_whole = decode_chunked(body)
    if decoded and is_whole:
        return decoded
    if decoded == body or not (is_event_stream(decoded) or is_json_lines(decoded)):
        return body
    problems.append(Problem("warning", WRONG_SIZES, WRONG_SIZES_ADVICE, interaction=index))
    return decoded
