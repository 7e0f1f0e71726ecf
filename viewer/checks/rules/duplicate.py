"""The rule `duplicate`: several recordings hold the same requests and answers."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from viewer.checks.recording import Recording
from viewer.checks.rule import Options, Rule
from viewer.checks.violation import Violation
from viewer.comparison.normalise import canonical_bytes, is_volatile_key, normalised_body, normalised_path
from viewer.comparison.side import BODY, Side, side
from viewer.text.masks import is_secret
from viewer.text.words import counted

RULE = Rule(
    "duplicate",
    "warn",
    "Several recordings hold the same requests and answers, apart from ids and times.",
    "Tests can share one of them, and then only one has to be recorded again and reviewed.",
)
_MAX_NAMED = 10


class Content(NamedTuple):
    """What a recording holds, as a digest that is equal for equal content."""

    file: str
    digest: bytes
    interactions: int


def facts(recording: Recording, _options: Options) -> Content | None:
    """Return the digest of a recording; None if there is no body in it to compare."""
    cassette = recording.cassette
    if not any(one.response.body for one in cassette.interactions):
        return None
    digest = blake2b(cassette.format.encode(), digest_size=16)
    for index in range(len(cassette.interactions)):
        try:
            digest.update(canonical_bytes(_content_of(side(cassette, index))))
        except ValueError:
            # The URL is not one, or a body is nested too deeply.
            return None
    return Content(recording.file, digest.digest(), len(cassette.interactions))


def check_all(contents: Sequence[Content], _options: Options) -> Iterator[Violation]:
    """Yield a violation for each group of equal recordings, at the second of them."""
    groups: defaultdict[bytes, list[Content]] = defaultdict(list)
    for one in contents:
        groups[one.digest].append(one)
    for group in groups.values():
        if len(group) > 1:
            yield _violation(group)


def _violation(group: Sequence[Content]) -> Violation:
    first, second, *others = group
    named = "".join(f", {one.file}" for one in others[: _MAX_NAMED - 2])
    more = len(group) - _MAX_NAMED
    rest = f" and {counted(more, 'other')}" if more > 0 else ""
    return RULE.violation(
        second.file,
        f"Holds the same {counted(first.interactions, 'interaction')} as {first.file}{named}{rest}.",
        "Let the tests share one recording, or record again what should differ.",
        # Another recording that joins the group is news.
        key="\0".join(one.file for one in group),
    )


def _content_of(one: Side) -> list[Any]:
    """Return what was asked and answered, without ids and times.

    Answers of models are compared by what they say, so that it does not matter how they were cut into events.
    """
    request, response = one.interaction.request, one.interaction.response
    url = urlsplit(request.url)
    texts = dict(one.texts)
    if one.reply is None:
        texts[BODY, 0] = normalised_body(response.body)
    usage = one.usage
    return [
        [request.method, url.hostname, normalised_path(url.path), _query(url.query), normalised_body(request.body)],
        [response.status, one.protocol, one.model, one.finish_reason, str(one.error)],
        [[kind, choice, text] for (kind, choice), text in texts.items()],
        [[call.name, call.arguments, call.choice] for call in one.tool_calls],
        [usage.input, usage.output] if usage else None,
    ]


def _query(query: str) -> list[tuple[str, str]]:
    pairs = parse_qsl(query, keep_blank_values=True)
    return sorted((name, value) for name, value in pairs if not is_secret(name) and not is_volatile_key(name))
