"""Prompts by which the answers in many recordings are grouped: the first message of the user, on one line and shortened."""

import hashlib

from viewer.conversation.requests import read_request
from viewer.text.safe import shortened, well_formed
from viewer.types.http import Request

_MAX_CHARACTERS = 80
_DIGEST_CHARACTERS = 6


def prompt_of(request: Request) -> str | None:
    """Return the first text of the user in a request, or None if it has none.

    White space counts as one blank, so that a changed indentation makes no other prompt. A long prompt is cut. The beginning of the
    digest of all its text follows, so that two prompts that begin alike stay two. Redact the request first.
    """
    for message in read_request(request).messages:
        text = " ".join(" ".join(part.text for part in message.parts if part.kind == "text").split())
        if message.role == "user" and text:
            return _name(well_formed(text))
    return None


def _name(text: str) -> str:
    if len(text) <= _MAX_CHARACTERS:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS]
    return f"{shortened(text, _MAX_CHARACTERS)} #{digest}"
