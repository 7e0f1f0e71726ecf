"""Errors in the forms that OpenAI and those who follow it send."""

from typing import Any

from viewer.text.json import as_text, write
from viewer.types.replies import StreamError


def error_of(payload: Any) -> StreamError:
    """Return the error that a payload holds under `error`, or is itself: an object or a text."""
    error = payload.get("error", payload) if isinstance(payload, dict) else payload
    if isinstance(error, dict):
        message = error.get("message") or error.get("detail") or write(error)
        return StreamError(as_text(message), as_text(error.get("type") or ""), as_text(error.get("code") or ""))
    return StreamError(as_text(error))
