"""Patterns of secrets: what is searched for in any text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from viewer.redaction.kinds import KINDS, SecretKind
from viewer.redaction.kinds.forms import WORD_BEGIN, Form, read_forms
from viewer.redaction.kinds.randomness import is_digest, is_filler, looks_random

# Six given characters turn up once in 70 GB of base64.
_LONGEST_CHANCE = 6


@dataclass(frozen=True, slots=True)
class SecretPattern:
    """One kind of secret."""

    rule: str
    anchors: tuple[str, ...]
    """Every match contains one of these. They are searched first, because that is faster and rules out nearly every text."""
    expression: re.Pattern[str] | str
    """Its first group is the secret. Without a group, the whole match is. A string is compiled when an anchor is found."""
    anchored: bool = True
    """Whether a match begins with its anchor, or `before` characters before it."""
    is_token: bool = False
    """Whether the anchor is the beginning of the secret itself, and of hardly anything else."""
    before: tuple[int, int] = (0, 0)
    """The smallest and largest number of characters of a match before its anchor."""
    begins_word: bool = False
    """Whether a match never begins inside a word, so that anchors there can be skipped."""
    ignore_case: bool = False
    """Whether the anchors match in any case."""
    may_be_chance: bool = False
    """Whether a match can begin by chance in base64, because its beginning is short. There it is no secret."""
    accepts: Callable[[str], bool] | None = None
    """Tells whether a match is a secret after all."""


def _patterns(kind: SecretKind) -> Iterator[SecretPattern]:
    """Yield the patterns of a row of the table: one for all forms that begin with a literal, one for each other form."""
    if kind.expression:
        yield SecretPattern(
            kind.rule,
            kind.anchors,
            kind.expression,
            is_token=kind.expression.startswith(WORD_BEGIN),
            begins_word=kind.anchors[0][0].isalpha(),
            ignore_case=kind.ignore_case,
            may_be_chance=kind.expression.startswith(WORD_BEGIN),
        )
        return
    forms = read_forms(kind.form, is_common=kind.is_common)
    prefixed = [form for form in forms if form.prefix]
    if prefixed:
        yield SecretPattern(
            kind.rule,
            tuple(dict.fromkeys(anchor for form in prefixed for anchor in form.anchors)),
            "|".join(form.expression for form in prefixed),
            is_token=not kind.is_common,
            begins_word=all(form.prefix[0].isalnum() for form in prefixed),
            may_be_chance=any(len(form.prefix) <= _LONGEST_CHANCE for form in prefixed),
            accepts=_acceptance(kind, prefixed),
        )
    for form in forms:
        if not form.prefix:
            yield SecretPattern(
                kind.rule, form.anchors, form.expression, before=form.before, accepts=_acceptance(kind, [form])
            )
    if kind.checksum:
        glued = [form.expression.removeprefix(WORD_BEGIN) for form in prefixed]
        anchors = tuple(anchor for form in prefixed for anchor in form.anchors)
        yield SecretPattern(kind.rule, anchors, "|".join(glued), accepts=kind.checksum)


def _acceptance(kind: SecretKind, forms: list[Form]) -> Callable[[str], bool]:
    prefixes = tuple(form.prefix for form in forms)

    def accepts(value: str) -> bool:
        body = value[max(len(prefix) for prefix in prefixes if value.startswith(prefix)) :]
        if is_filler(body) or (kind.digits and sum(map(str.isdigit, body)) < kind.digits):
            return False
        if not kind.is_common:
            return True
        return looks_random(body) and ("hex:" in kind.form or not is_digest(body))

    return accepts


PATTERNS: tuple[SecretPattern, ...] = tuple(pattern for kind in KINDS for pattern in _patterns(kind))
PERSONAL_PATHS = SecretPattern(
    "personal-path",
    ("/home/", "/Users/", "\\Users\\", "\\\\Users\\\\", "/users/"),
    r"(?:/home/|/Users/|(?<=[A-Za-z]:)(?:/|\\{1,4})[Uu]sers(?:/|\\{1,4}))([^\s/\\\"'<>:|?*`,;()\[\]{}$\0•]+)",
    anchored=False,
)
EMAILS = SecretPattern(
    "email",
    ("@",),
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])",
    anchored=False,
)
