"""Find the values of form fields with telling names: multipart parts, and bodies in URL encoding."""

import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

from viewer.redaction.escapes import ANY_ESCAPE, decode
from viewer.redaction.marks import mark_cuts, mark_text
from viewer.redaction.names import is_placeholder, is_secret_key, may_be_secret_key
from viewer.redaction.rules import Rules
from viewer.redaction.spans import Cut, SecretSpan
from viewer.redaction.units import redact_units
from viewer.text.masks import secret_parts

_FORM_FIELD = "form-field"
# RFC 7578, 4.2. Only the name matters. A part may also be a file.
_PART = re.compile(
    r"content-disposition:[^\r\n;]{1,40};(?:[^\r\n]{0,500}?[;\s])??name\*?=(?:[\w-]{0,20}'[\w-]{0,10}')?\"?([^\r\n\";]{1,200})",
    re.IGNORECASE,
)
_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")
_MAX_HEADER_LENGTH = 2000
# The next boundary. A part without one, as in a body that is cut off, ends with the text, or where the next text is joined to it.
_PART_END = re.compile(r"\r?\n--|\0")
# A name and a value without spaces, several times. Go and Ruby accepted `;` between them for years. The group is atomic by itself, because
# Python before 3.11.5 keeps what a possessive repetition tried in vain (https://github.com/python/cpython/issues/106052).
_FORM = re.compile(r"[^\s=&;\"<>{}]{1,200}=[^&\s<>]*+(?>(?:&[^\s=&\"<>]{1,200}(?:=[^&\s<>]*+)?)*)&?\s*")
# JSON in a value, such as `payload=%7B%22text%22%3A…` of Slack.
_JSON_FIELD = re.compile(r"(?<==)(?:[{\[]|%7[Bb]|%5[Bb])[^&]*")


def find_form_fields(text: str) -> Iterator[SecretSpan]:
    """Yield the values of multipart parts with telling names, wherever in a text the parts are."""
    if "isposition" not in text and "ISPOSITION" not in text:
        return
    done = 0
    for part in _PART.finditer(text):
        name = unquote_plus(part[1])
        # The value of a part holds no further parts. To read each of them to the same end would take quadratic time.
        if part.start() < done or not may_be_secret_key(name):
            continue
        blank = _BLANK_LINE.search(text, part.end(), part.end() + _MAX_HEADER_LENGTH)
        if blank is None:
            continue
        end = _PART_END.search(text, blank.end())
        begin, done = blank.end(), end.start() if end else len(text)
        value = text[begin:done].strip()
        if value and is_secret_key(name, value):
            begin += text[begin:done].index(value)
            yield SecretSpan(begin, begin + len(value), _FORM_FIELD, value)


def redact_form(text: str, rules: Rules, where: str) -> str:
    """Redact the values with telling names of a text that is nothing but a form in URL encoding, such as a query."""
    if not _FORM.fullmatch(text):
        return text
    cuts = []
    for begin, end in secret_parts(f"?{text}"):
        span = SecretSpan(begin - 1, end - 1, _FORM_FIELD, unquote_plus(text[begin - 1 : end - 1]))
        if span.value and not is_placeholder(span.value) and rules.should_redact(span, where):
            cuts.append(Cut(span.begin, span.end))
    return _JSON_FIELD.sub(lambda field: _redact_json(field[0], rules, where), mark_cuts(text, cuts))


def _redact_json(field: str, rules: Rules, where: str) -> str:
    """Redact the JSON in the value of a form field."""
    view = decode(field.replace("+", " "), ANY_ESCAPE)
    [redacted] = redact_units([view.text], rules, where, continued=False)
    if redacted == view.text:
        return field
    if len(redacted) != len(view.text):
        return mark_text(field)
    changed = [index for index, (old, new) in enumerate(zip(view.text, redacted, strict=True)) if old != new]
    return mark_cuts(field, [Cut(view.source_index(index), view.source_index(index + 1)) for index in changed])
