"""The table of secret kinds: every kind is found whole, wherever it is written, and what only resembles one is not."""

import re

import pytest

from viewer.redaction.finder import SecretFinder
from viewer.redaction.forms import example
from viewer.redaction.kinds import KINDS
from viewer.redaction.kinds.places import KINDS as PLACES
from viewer.redaction.patterns import PATTERNS

FINDER = SecretFinder(PATTERNS)
TOKENS = [kind for kind in KINDS if kind not in PLACES]


def found(text):
    return [(span.rule, span.value) for span in FINDER.find(text)]


def examples(kind):
    """Yield an example of every form of a kind."""
    for form in [kind.form] if kind.expression else kind.form.split(" or "):
        braces = re.search(r"\{([^}]*)\}", form)
        for choice in braces[1].split(",") if braces else [""]:
            yield example(form[: braces.start()] + choice + form[braces.end() :] if braces else form)


WRAPS = {
    "sentence": "The key is {}, I think.",
    "JSON": '{{"value": "{}"}}',
    "assignment": "X={}\n",
    "query": "https://example.com/v1?x={}&y=1",
    "shell": "export X='{}'; run",
    "non-ASCII": "ключ {} 鍵",
    "long text": "word " * 200 + "{}" + " word" * 200,
}


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
@pytest.mark.parametrize("kind", TOKENS, ids=lambda kind: kind.rule)
def test_an_example_is_found_whole(kind, wrap):
    for secret in examples(kind):
        values = [value for _, value in found(wrap.format(secret))]
        assert secret in values or (kind.expression and any(secret[-20:] in value for value in values))
