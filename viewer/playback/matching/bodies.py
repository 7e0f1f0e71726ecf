"""The content of a request's body, for any body and in a bounded time.

A server reads requests between the events that it sends on time, so a body that would take long is compared by its bytes.
"""

from typing import Any

from viewer.conversation.messages import Message
from viewer.conversation.request_fields import RequestContent
from viewer.conversation.requests import read_request
from viewer.files.content_encoding import decode_body
from viewer.playback.matching.hashes import hash_of
from viewer.text.json import only_text, parse
from viewer.types.http import Request, Response
from viewer.types.limits import Limits

WHOLE_BODY = "body"
"""The name of the only field of a body that is not taken apart."""

# Pictures make requests of tens of megabytes, and are quick to read. Commas and brackets count the values, which are not.
_MAX_JSON_BYTES = 64 << 20
_MAX_JSON_VALUES = 500_000
# The parser of the standard library reads some 40 MB of a form in a second.
_MAX_FORM_BYTES = 4 << 20
_MAX_TEXT_BYTES = 1 << 20
_LIMITS = Limits(decoded_bytes=_MAX_JSON_BYTES)


def read_body(request: Request) -> RequestContent:
    """Return the content of a body. The parts of its messages are not read: only their recorded values are compared."""
    body = _decoded(request)
    boundary = _boundary(request)
    if _takes_long(body, is_form=boundary is not None):
        return unread_body(body.replace(b"--" + boundary, b"--boundary") if boundary else body)
    try:
        content = read_request(Request(request.method, request.url, request.headers, body), _unread_message)
        if content.form != "unknown":
            return content
        return RequestContent(parameters=[(WHOLE_BODY, parse(body))], form="unknown")
    except (ValueError, LookupError, AttributeError, TypeError):
        # Not JSON; or a multipart body with headers on which the parser of the standard library fails.
        return unread_body(body)


def unread_body(body: bytes) -> RequestContent:
    """Return the content of a body that is compared as a whole."""
    try:
        text = body.decode() if len(body) <= _MAX_TEXT_BYTES else ""
    except UnicodeDecodeError:
        text = ""
    # In capitals, because lower-case digits look like an id, which does not count.
    text = text or f"{len(body)} bytes with hash {hash_of(body).hex().upper()}"
    return RequestContent(parameters=[(WHOLE_BODY, text)], form="unknown")


def _decoded(request: Request) -> bytes:
    """Return the body as it was before the client compressed it."""
    if "content-encoding" not in request.headers or not request.body:
        return request.body
    return decode_body(Response(headers=request.headers, body=request.body), _LIMITS).data


def _boundary(request: Request) -> bytes | None:
    """Return what separates the parts of a multipart body; None if it is not one."""
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/"):
        return None
    return content_type.partition("boundary=")[2].partition(";")[0].strip('" ').encode("utf-8", "replace")


def _takes_long(body: bytes, *, is_form: bool) -> bool:
    if is_form:
        return len(body) > _MAX_FORM_BYTES
    if len(body) > _MAX_TEXT_BYTES and body[:64].lstrip()[:1] not in (b"{", b"["):
        # Not JSON, which the lenient parser would find out slowly.
        return True
    return len(body) > _MAX_JSON_BYTES or sum(map(body.count, (b",", b"[", b"{"))) > _MAX_JSON_VALUES


def _unread_message(item: Any) -> Message:
    role = (only_text(item.get("role")) or only_text(item.get("type"))) if isinstance(item, dict) else ""
    return Message(role or "user", (), source=item)
