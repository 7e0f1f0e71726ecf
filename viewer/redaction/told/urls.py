"""Find passwords and secret parameters of URLs inside plain text."""

import re
from collections.abc import Iterator

from viewer.redaction.spans import SecretSpan
from viewer.redaction.told.shapes import RULE, Form, is_told_value
from viewer.text.masks import secret_parts
from viewer.text.secret_names import Telling, telling

_URL = re.compile(r"://[^\s\"'<>`\\\0•]{3,4096}")
# A scheme is at most this long. It says how the user part is to be read.
_MAX_SCHEME = 24
_LONGEST_PARAMETER_NAME = 66
_PARAMETER_NAME = re.compile(r"[?&;#]([^=&;#?/]{1,64})=\Z")
_SECRET_IN_URLS = frozenset({"key", "sig", "signature"})


def find_url_values(text: str) -> Iterator[SecretSpan]:
    """Yield the passwords in the user parts of URLs, and their parameters with telling names."""
    place = text.find("://")
    while place >= 0:
        match = _URL.match(text, place)
        if match is not None:
            yield from _secrets_of(text, max(0, place - _MAX_SCHEME), match)
        place = text.find("://", match.end() if match else place + 3)


def _secrets_of(text: str, url_begin: int, match: re.Match[str]) -> Iterator[SecretSpan]:
    url = text[url_begin : match.end()].rstrip(".,;:)]}")
    for begin, end in secret_parts(url):
        if begin + url_begin < match.start():
            continue
        value = url[begin:end]
        _, colon, password = value.partition(":")
        if url[begin - 3 : begin] == "://":
            # Git takes a token in place of the user: `https://…@github.com/`.
            if not colon and is_told_value(value, Telling.MAYBE, Form.BARE):
                yield SecretSpan(url_begin + begin, url_begin + end, RULE, value)
            if colon and is_told_value(password, Telling.SURELY, Form.SETTING):
                yield SecretSpan(url_begin + end - len(password), url_begin + end, RULE, password)
            continue
        told = _told_by(url[max(0, begin - _LONGEST_PARAMETER_NAME) : begin])
        if is_told_value(value, told, Form.SETTING if told is Telling.SURELY else Form.BARE):
            yield SecretSpan(url_begin + begin, url_begin + end, RULE, value)


def _told_by(before: str) -> Telling:
    """Return how surely a parameter is a secret. `before` is the end of the URL before its value."""
    name = _PARAMETER_NAME.search(before)
    if name is None:
        return Telling.SURELY
    # Elsewhere, a key can be an index and a signature anything.
    return Telling.LIKELY if name[1].lower() in _SECRET_IN_URLS else telling(name[1])
