"""Fiddler's session archives: https://docs.telerik.com/fiddler-everywhere/knowledge-base/fiddler-archives, `.saz`, a zip file.

Each session has a raw request (`_c.txt`), a raw response (`_s.txt`) and its times (`_m.xml`). `ServerBeginResponse` is the first byte
of the response, and `ServerDoneResponse` its end, both at Fiddler.
https://docs.telerik.com/fiddlercore/api/fiddler.sessionmetrics
"""

import io
import re
import zipfile

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.syntax.chunked_coding import WRONG_SIZES, WRONG_SIZES_ADVICE, remove_chunks
from viewer.cassettes.syntax.http_messages import parse_message, request_url
from viewer.cassettes.syntax.xml_tree import read_xml
from viewer.files.zip_recording import UNREADABLE, ZIP
from viewer.types.formats import About
from viewer.types.http import Interaction, RecordedTimes, Request, Response
from viewer.types.limits import Limits
from viewer.types.problems import Problem

ABOUT = (
    About(
        "fiddler",
        "Fiddler",
        "https://docs.telerik.com/fiddler-everywhere/knowledge-base/fiddler-archives",
        "session archives (`.saz`) without a password",
        "start of the request, first byte and end of the response, to the millisecond",
    ),
)

_MEMBER = re.compile(r"raw[/\\](?P<session>[0-9]{1,9})_(?P<part>c\.txt|s\.txt|m\.xml|w\.txt)")
_REQUEST, _RESPONSE, _TIMES, _SOCKET = "c.txt", "s.txt", "m.xml", "w.txt"
_ZONE = re.compile(r"(?:Z|[+-][0-9]{2}:?[0-9]{2})\Z")


def recognise(document: Document) -> int:
    """Look for a zip file with a raw request."""
    is_archive = document.data.startswith(ZIP) and b"_c.txt" in document.data
    return 95 if is_archive and any(_REQUEST in parts for parts in _sessions(document.data).values()) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each session, in the order of their numbers."""
    problems: list[Problem] = []
    sessions = _sessions(document.data)
    interactions = [
        _interaction(sessions[key], index, document, problems) for index, key in enumerate(sorted(sessions))
    ]
    return Recording("fiddler", interactions, problems=tuple(problems))


def _sessions(data: bytes) -> dict[int, dict[str, str]]:
    """Return the names of the members of each session, by number and part."""
    sessions: dict[int, dict[str, str]] = {}
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (*UNREADABLE, NotImplementedError):
        return {}
    for match in filter(None, map(_MEMBER.fullmatch, names)):
        sessions.setdefault(int(match["session"]), {})[match["part"]] = match.string
    return sessions


def _interaction(parts: dict[str, str], index: int, document: Document, problems: list[Problem]) -> Interaction:
    sent, received, times = (_content(parts, part, index, document, problems) for part in (_REQUEST, _RESPONSE, _TIMES))
    if _SOCKET in parts:
        what = "The messages of this WebSocket connection are not read."
        problems.append(Problem("note", what, "Export it as a HAR file, which has them.", interaction=index))
    request, response = parse_message(sent), parse_message(received)
    method, target, _ = request.start_line
    body, is_whole = remove_chunks(response)
    if not is_whole:
        problems.append(Problem("warning", WRONG_SIZES, WRONG_SIZES_ADVICE, interaction=index))
    if _RESPONSE not in parts:
        problems.append(fields.no_response(index))
    _, code, reason = response.start_line
    return Interaction(
        Request(method, request_url(target, request.headers), request.headers, request.body),
        Response(fields.status(code), reason, response.headers, body),
        _times(times, document.limits),
    )


def _content(parts: dict[str, str], part: str, index: int, document: Document, problems: list[Problem]) -> bytes:
    name = parts.get(part)
    if name is None:
        return b""
    content = document.beside(name)
    if content is None:
        what = f"{fields.quote(name)} in the archive cannot be read. It may be encrypted, damaged or too large."
        problems.append(Problem("warning", what, "Save the sessions again, without a password.", interaction=index))
    return content or b""


def _times(xml: bytes, limits: Limits) -> RecordedTimes:
    """Return the times of a session. They may lack a zone if another program wrote them; then only differences are known."""
    root, _ = read_xml(xml, limits)
    timers = root.child("SessionTimers") if root else None
    if timers is None:
        return RecordedTimes()
    names = ("ClientBeginRequest", "ServerBeginResponse", "ServerDoneResponse")
    texts = [timers.attributes.get(name, "") for name in names]
    started, first, ended = (fields.moment(text, fields.MILLISECOND_S) for text in texts)
    has_zones = all(_ZONE.search(text) for text in texts if text)
    return RecordedTimes(
        headers_s=fields.elapsed_s(started, first),
        whole_s=fields.elapsed_s(started, ended),
        started=started if has_zones else None,
        ended=ended if has_zones else None,
    )
