"""HTTP/1 messages as they are written on the wire: https://www.rfc-editor.org/rfc/rfc9112."""

import re
from typing import NamedTuple

from viewer.types.http import Headers

_LINE_END = re.compile(r"\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")


class HTTPMessage(NamedTuple):
    """One request or response."""

    start_line: tuple[str, str, str]
    """Method, target and version of a request; version, status and reason of a response. What is missing is ""."""
    headers: Headers
    body: bytes

    @property
    def is_request(self) -> bool:
        """Whether this is a request. Only a response begins with its version."""
        return not self.start_line[0].startswith("HTTP/")

    @property
    def is_chunked(self) -> bool:
        """Whether the header names the chunked coding. The body may have been decoded all the same."""
        return self.headers.get("transfer-encoding", "").lower().endswith("chunked")


def parse_message(text: bytes) -> HTTPMessage:
    """Parse one message, whose line ends may be CR LF or LF."""
    end = _HEAD_END.search(text)
    head = text[: end.start()] if end else text
    first, *rest = _LINE_END.split(head.decode("latin-1"))
    pairs = [line.partition(":") for line in rest]
    headers = Headers((name.strip(), value.strip()) for name, colon, value in pairs if colon)
    one, two, three = [*first.split(" ", 2), "", ""][:3]
    return HTTPMessage((one, two, three), headers, text[end.end() :] if end else b"")


def request_url(target: str, headers: Headers) -> str:
    """Return the URL of a request. It has no scheme if the target is only a path."""
    host = headers.get("host", "")
    return f"//{host}{target}" if host and target.startswith("/") else target


def is_interim(response: HTTPMessage) -> bool:
    """Tell whether another response to the same request follows, as after `100 Continue` or a proxy's connection."""
    _, code, reason = response.start_line
    return (code.startswith("1") and code != "101") or reason.lower() == "connection established"
