"""yakbak, a recording proxy for Node: https://github.com/flickr/yakbak, generated JavaScript, one exchange per tape.

The code writes the response, with a `res.write` for each network chunk of the body. The request is only a comment above it,
without a body. In header lines of that comment, yakbak writes `*/` as `* /`, which is undone.
"""

import re

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.syntax.http_messages import request_url
from viewer.cassettes.syntax.json5 import read_json5, unescape
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About("yakbak", "yakbak", "https://github.com/flickr/yakbak", "tapes of any version; requests without a body"),
)

_QUOTED = r"""(?:"(?:[^"\\\r\n]++|\\[\s\S])*+(?:"|\Z)|'(?:[^'\\\r\n]++|\\[\s\S])*+(?:'|\Z))"""
_CODE = re.compile(r"^module\.exports = (?:function ?)?\(req, res\)", re.MULTILINE)
_REQUEST = re.compile(r"^ \* ([A-Z]++) ([^\r\n]*+)", re.MULTILINE)
_REQUEST_HEADER = re.compile(r"^ \* ([^:\s]++): ?([^\r\n]*+)", re.MULTILINE)
_STATUS = re.compile(r"^[ \t]*+res\.statusCode = (\d{3})\b", re.MULTILINE)
_HEADER = re.compile(
    rf"^[ \t]*+res\.setHeader\(({_QUOTED}), ({_QUOTED}|\[(?:[^\]\"'\r\n]++|{_QUOTED})*+\])\)", re.MULTILINE
)
_WRITE = re.compile(
    r"^[ \t]*+res\.(?P<call>write|end)\(\s*+(?P<buffer>(?:new Buffer|Buffer\.from)\(\s*+)?"
    rf"(?P<text>{_QUOTED})?(?:,\s*+[\"'](?P<encoding>base64|hex)[\"'])?",
    re.MULTILINE,
)
# There are only a few characters, such as line ends, between a string and the bracket that closes its call.
_MAX_CHARACTERS_TO_BRACKET = 80


def recognise(document: Document) -> int:
    """Look for a function that handles a request and sets the status of the response."""
    if b"res.statusCode = " not in document.head or b"module.exports = " not in document.head:
        return 0
    return 85 if _CODE.search(document.head.decode(errors="replace")) else 0


def read(document: Document) -> Recording:
    """Return the one interaction."""
    text = document.data.decode(errors="replace")
    begin = _CODE.search(text)
    comment, code = (text[: begin.start()], text[begin.end() :]) if begin else ("", text)
    request, status = _REQUEST.search(comment), _STATUS.search(code)
    sent = Headers((name, _restored(value)) for name, value in _REQUEST_HEADER.findall(comment))
    received = fields.headers({name[1:-1]: read_json5(value.encode())[0] for name, value in _HEADER.findall(code)})
    writes = list(_WRITE.finditer(code))
    problems = []
    if not any(write["call"] == "end" for write in writes):
        what = "The tape ends before the response does."
        problems.append(
            Problem("warning", what, "The part in the tape is shown. Record the call again.", interaction=0)
        )
    interaction = Interaction(
        Request(
            method=request[1] if request else "",
            url=request_url(request[2], sent) if request else "",
            headers=sent,
        ),
        Response(
            status=fields.status(status[1]) if status else None,
            headers=received,
            body=b"".join(map(_piece, writes)),
        ),
    )
    return Recording("yakbak", [interaction], problems=tuple(problems))


def _restored(value: str) -> str:
    return value.replace("* /", "*/", 1).replace("/ *", "/*", 1)


def _piece(write: re.Match[str]) -> bytes:
    """Return the bytes of one piece. The last one may be cut off before the encoding, which is then assumed to be base64."""
    written = write["text"] or ""
    closed = len(written) > 1 and written.endswith(written[0])
    text = unescape(written[1:-1] if closed else written[1:])
    cut_off = ")" not in write.string[write.end() : write.end() + _MAX_CHARACTERS_TO_BRACKET]
    if write["encoding"] == "base64" or (write["buffer"] and cut_off):
        return fields.base64_body(text)
    return fields.hexadecimal_body(text) if write["encoding"] else fields.body(text)
