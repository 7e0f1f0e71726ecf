"""httprr: https://pkg.go.dev/golang.org/x/oscar/internal/httprr, a text trace of HTTP as it went over the wire.

After the line `httprr trace v1`, each record is a line with two sizes, then a request and a response of these sizes.
"""

import re
from collections.abc import Iterator

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.syntax.chunked_coding import WRONG_SIZES, WRONG_SIZES_ADVICE, decode_chunked
from viewer.cassettes.syntax.http_messages import parse_message
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (About("httprr", "httprr", "https://pkg.go.dev/golang.org/x/oscar/internal/httprr", "trace v1"),)

_BEGIN = re.compile(rb"httprr trace v(\d{1,9})\r?(?:\n|\Z)")
_SIZES = re.compile(rb"(\d{1,12}) (\d{1,12})\r?\n(?=[A-Z]+ \S+ HTTP/)")
_RESPONSE = re.compile(rb"HTTP/\d(?:\.\d)? \d{3}\b")
_WRONG_SIZES_ADVICE = (
    "They are read up to where the next begins. The file may have been edited, or its line ends changed."
)


def recognise(document: Document) -> int:
    """Look for the first line of a trace."""
    return 100 if _BEGIN.match(document.head) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each record."""
    problems: list[Problem] = []
    interactions = [
        _interaction(request, response, index, problems)
        for index, (request, response) in enumerate(_records(document.data, problems))
    ]
    if not interactions:
        raise CassetteError(document.name, "the httprr trace has no records.", fields.CHECK_RECORDER)
    begin = _BEGIN.match(document.data)
    return Recording("httprr", interactions, begin.group(1).decode() if begin else "", tuple(problems))


def _records(data: bytes, problems: list[Problem]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the request and response of each record. If the sizes are wrong, each reaches to where the next begins."""
    place = 0
    index = 0
    while sizes := _SIZES.search(data, place):
        begin = sizes.end()
        cut = begin + int(sizes.group(1))
        end = cut + int(sizes.group(2))
        if not (_RESPONSE.match(data, cut) and (end == len(data) or _SIZES.match(data, end))):
            after = _SIZES.search(data, begin)
            end = after.start() if after else len(data)
            response = _RESPONSE.search(data, begin, end)
            cut = response.start() if response else end
            what = "The sizes of this record do not match its request and response."
            problems.append(Problem("warning", what, _WRONG_SIZES_ADVICE, interaction=index))
        yield data[begin:cut], data[cut:end]
        place = end
        index += 1


def _interaction(sent: bytes, received: bytes, index: int, problems: list[Problem]) -> Interaction:
    request, response = parse_message(sent), parse_message(received)
    if not received:
        problems.append(fields.no_response(index))
    body = response.body
    if response.is_chunked:
        body, is_whole = decode_chunked(body)
        if not is_whole:
            problems.append(Problem("warning", WRONG_SIZES, WRONG_SIZES_ADVICE, interaction=index))
    return Interaction(
        Request(
            method=request.start_line[0],
            url=request.start_line[1],
            headers=request.headers,
            body=request.body,
        ),
        Response(
            status=fields.status(response.start_line[1]),
            reason=response.start_line[2],
            headers=response.headers,
            body=body,
        ),
    )
