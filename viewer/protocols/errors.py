"""Errors in the forms that providers share, and in those of the gateways before them."""

import html
import re
from typing import Any

from viewer.text.json import as_text, items, mapping, parse, write
from viewer.types.replies import StreamError

_MESSAGE_FIELDS = ("message", "detail", "msg", "title")
_CODE_FIELDS = frozenset({"code", "status", "status_code", "statusCode", "__type"})
_ERROR_FIELDS = _CODE_FIELDS | {*_MESSAGE_FIELDS, "error", "errors", "type", "object", "param", "params", "details"}
_ERROR_FIELDS |= {"success", "request_id", "requestId", "id", "event_id", "trace_id", "timestamp", "path", "instance"}
"""What an object holds that is an error and nothing else."""
_MARKUP = re.compile(r"\s*<(?:!doctype|\?xml|html|head|body|title|h1|error)\b", re.IGNORECASE)
_HEADING = re.compile(r"<(title|h1|message)\b[^>]*+>([^<]*+)", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*+>")
# How gateways, proxies and runtimes write that they gave up.
_ERROR_TEXT = re.compile(
    r"^\W*(?:(?:\w+ ){0,3}(?:error|exception)\b|bad gateway|service (?:temporarily )?unavailable|gateway time-?out"
    r"|upstream |no healthy upstream|too many requests|rate limit|unauthorized|forbidden|not found|traceback \(most"
    r"|(?:http[ /\d.]*|error code:? *|status(?: code)?:? *)?[45]\d\d\b)"
    r"|\b(?:timed out|timeout|connection (?:reset|refused|closed|termination)|deadline exceeded|overloaded|quota)\b",
    re.IGNORECASE,
)


def error_of(payload: Any) -> StreamError:
    """Return the error that a payload holds under `error`, or is itself: an object or a text."""
    error = payload.get("error", payload) if isinstance(payload, dict) else payload
    if isinstance(error, dict):
        message = next((error[name] for name in _MESSAGE_FIELDS if error.get(name)), None) or write(error)
        return StreamError(as_text(message), as_text(error.get("type") or ""), as_text(error.get("code") or ""))
    return StreamError(as_text(error))


def error_alone(payload: Any) -> StreamError | None:
    """Return the error that an object says it is, if it holds nothing else. Return None if it is something else."""
    fields = mapping(payload)
    errors = [fields.get("error"), *items(fields.get("errors"))]
    error = next((one for one in errors if one), None)
    is_error = error is not None or "error" in (fields.get("type"), fields.get("object"))
    return _error(fields, error) if is_error and fields.keys() <= _ERROR_FIELDS else None


def error_in_event(name: str, data: bytes | None) -> StreamError | None:
    """Return the error that an event is in any protocol: by its type, or by its payload. Return None if it is something else."""
    if not data or not (name == "error" or (data.startswith(b"{") and b'"error' in data)):
        return None
    try:
        payload = parse(data)
    except ValueError:
        payload = data.decode(errors="replace")
    return error_of(payload) if name == "error" else error_alone(payload)


def error_in_text(text: bytes) -> StreamError | None:
    """Return the error that a text outside of events is: JSON, markup or the words of a gateway. Return None if it is not one."""
    try:
        payload = parse(text)
    except ValueError:
        return _error_in_words(text.decode(errors="replace").strip())
    if error := error_alone(payload):
        return error
    fields = mapping(payload)
    message = next((fields[name] for name in _MESSAGE_FIELDS if isinstance(fields.get(name), str)), "")
    is_error = not _CODE_FIELDS.isdisjoint(fields) or _ERROR_TEXT.search(message)
    return _error(fields, None) if message and is_error and fields.keys() <= _ERROR_FIELDS else None


def _error(fields: dict[str, Any], error: Any) -> StreamError:
    # Some have `"error": true`, or a word for the kind of error, beside the message.
    has_message = any(fields.get(name) for name in _MESSAGE_FIELDS)
    return error_of({"error": fields if has_message and not isinstance(error, dict) else error or fields})


def _error_in_words(text: str) -> StreamError | None:
    if _MARKUP.match(text):
        headings = [heading.strip() for _, heading in _HEADING.findall(text) if heading.strip()]
        words = headings[0] if headings else " ".join(_TAG.sub(" ", text).split())
        return StreamError(html.unescape(words) or text)
    return StreamError(text) if _ERROR_TEXT.search(text) else None
