"""Redact the strings of a recorded file, in order: what the cassette holds of them, and what only the file holds."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from viewer.redaction.bodies import redact_body, to_bytes, to_text
from viewer.redaction.form_fields import redact_form
from viewer.redaction.interactions import is_url, redact_url
from viewer.redaction.packed_strings import redact_packed
from viewer.redaction.rewriting.replacements import Replacements
from viewer.redaction.rules import Rules
from viewer.wire.sniff import is_event_stream

# `query` of Hoverfly and Charles, `RawQuery` of Go, `body` of ExVCR. Elsewhere, a text such as `key=value` may be anything.
_FORM_NAME = re.compile(r"query|form|body|params|postdata|search|text$|string$", re.IGNORECASE)
# Betamax stores UTF-8 as ISO-8859-1 if requests took it for that, and says so before the text. Marks do not exist in it.
_LATIN = "iso-8859-1"


def redact_strings(strings: Sequence[str], replacements: Replacements, rules: Rules, where: str) -> Iterator[str]:
    """Yield what the strings of a file become. Each comes after the string before it, which is its key if it has one."""
    latin = _latin_bodies(strings)
    texts = [latin.get(index, string) for index, string in enumerate(strings)] if latin else strings
    name = ""
    for index, (old, text, new) in enumerate(zip(strings, texts, replacements.replace_all(texts), strict=True)):
        is_done = new != text or text in replacements.unchanged
        redacted = new if is_done else _redact_string(name, text, replacements, rules, where)
        if redacted == text:
            yield old
        else:
            yield to_bytes(redacted).decode("latin-1") if index in latin else redacted
        name = old


def _redact_string(name: str, value: str, replacements: Replacements, rules: Rules, where: str) -> str:
    """Redact a string that the cassette does not hold like this. It may still be a URL, a form or a body."""
    if is_url(value):
        return redact_url(value, rules, where)
    if "=" in value and _FORM_NAME.search(name) and (form := redact_form(value, rules, where)) != value:
        return form
    if value.startswith(("data:", "event:")):
        # JSON can hold half a surrogate pair.
        body = value.encode("utf-8", "surrogatepass")
        if is_event_stream(body):
            return redact_body("text/event-stream", body, rules, where).decode("utf-8", "surrogatepass")

    def redact(data: bytes) -> bytes:
        known = replacements.whole.get(to_text(data))
        return to_bytes(known) if known else redact_body("", data, rules, where)

    return redact_packed(value, redact)


def _latin_bodies(strings: Sequence[str]) -> dict[int, str]:
    """Return the bodies that are stored as ISO-8859-1 as what they are, UTF-8, by the index of their string."""
    bodies = {}
    for index, (key, encoding, name) in enumerate(zip(strings, strings[1:], strings[2:], strict=False)):
        if key == "encoding" and name == "string" and encoding.lower() == _LATIN and index + 3 < len(strings):
            with suppress(UnicodeError):
                bodies[index + 3] = to_text(strings[index + 3].encode("latin-1"))
    return bodies
