"""A recorded request as a curl command for a POSIX shell, without its secrets."""

import re
import shlex

from viewer.redaction.cassette import Redaction, rules_for
from viewer.redaction.interactions import redact_interaction
from viewer.text.masks import masked_headers, masked_url
from viewer.text.safe import visible, visible_line
from viewer.types.http import Interaction, Request, Response

# RFC 9110, 5.6.2. Anything else is not a header that curl can send, and curl reads a file if the name begins with @.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# curl writes these itself: they describe the connection or the length of the body.
_WRITTEN_BY_CURL = frozenset(("host", "content-length", "connection", "transfer-encoding", "accept-encoding", "expect"))
_LINE_END = " \\\n  "


def curl_command(request: Request) -> str:
    """Return the command that sends a request again. Secrets are masked, so whoever runs it puts their own in."""
    request = _without_secrets(request)
    is_post = bool(request.body)
    method = [] if request.method in ("", "POST" if is_post else "GET") else [f"--request {_quoted(request.method)}"]
    headers = [f"--header {_quoted(header)}" for header in _headers(request)]
    compressed = ["--compressed"] if request.headers.get("accept-encoding") else []
    # Brackets and braces in a URL are patterns unless globbing is off.
    address = (
        f"--globoff --url {_quoted(request.url)}" if re.search(r"[\[\]{}]", request.url) else _address(request.url)
    )
    before, body = _body(request.body)
    return before + _LINE_END.join([f"curl {address}", *method, *headers, *compressed, *body])


def _address(url: str) -> str:
    # A URL that begins with a dash would be an option.
    return _quoted(url) if url.lower().startswith(("http://", "https://")) else f"--url {_quoted(url)}"


def _headers(request: Request) -> list[str]:
    """Return the headers as curl takes them. An empty one ends with a semicolon, since curl drops one that ends with a colon."""
    return [
        f"{name}: {value}" if value else f"{name};"
        for name, value in masked_headers(request.headers).items()
        if _HEADER_NAME.fullmatch(name) and name.lower() not in _WRITTEN_BY_CURL
    ]


def _body(body: bytes) -> tuple[str, list[str]]:
    """Return what comes before the command, and the option that sends a body.

    A body that is not plain text is written by printf, whose escapes keep control characters out of the terminal.
    """
    if not body:
        return "", []
    text = body.decode(errors="replace")
    if text.encode() != body or visible(text) != text:
        return f"printf '%b' '{''.join(map(_escaped, body))}' |\n", ["--data-binary @-"]
    # For --data-binary, @ begins the name of a file.
    return "", [f"{'--data-raw' if text.startswith('@') else '--data-binary'} {shlex.quote(text)}"]


def _escaped(byte: int) -> str:
    character = chr(byte)
    return character if " " <= character <= "~" and character not in "'\\" else f"\\0{byte:03o}"


def _quoted(text: str) -> str:
    """Quote a text on one line. Symbols replace what a terminal obeys, which no header or URL can hold."""
    return shlex.quote(visible_line(text))


def _without_secrets(request: Request) -> Request:
    redacted = redact_interaction(Interaction(request, Response()), 0, rules_for(Redaction())).request
    return Request(redacted.method, masked_url(redacted.url), redacted.headers, redacted.body)
