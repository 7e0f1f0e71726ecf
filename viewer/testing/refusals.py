"""Why a cassette did not answer a request: the nearest recorded request, and what differs."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from urllib.parse import urlsplit

from viewer.playback.matching.index import Found, index_requests, shown_setting
from viewer.playback.matching.meaning import read_meaning
from viewer.playback.matching.nearest import nearest
from viewer.testing.files import Numbering
from viewer.testing.secrets import Secrets
from viewer.testing.uses import Refusal, UsedCassette
from viewer.text.masks import masked_url
from viewer.text.safe import shortened, visible_line
from viewer.text.words import listed
from viewer.types.http import Request

_MAX_DIFFERENCES = 5
_MAX_LINE_LENGTH = 200

Redact = Callable[[str], str]


def refusal_lines(
    refusal: Refusal, asked: Request, count: int, used: UsedCassette, numbers: Numbering, secrets: Secrets
) -> Iterator[str]:
    """Yield the lines about a request that was refused `count` times. The first says what was asked."""
    redact = secrets.redact
    index = index_requests(used.requests)
    miss = nearest(index, asked, redact)
    times = f", {count} times" if count > 1 else ""
    yield f"Not answered by {used.recorder}: {miss.asked}{times}"
    if miss.place is None:
        yield "  No request is recorded in the cassette."
        return
    found = index.find(asked)
    # Of equal requests, one whose answer is left tells more.
    place = min(found.places, key=lambda one: used.used[one]) if found else miss.place
    opened, request = refusal
    failed = opened.recorder.failed_matchers(opened.cassette, request, place)
    is_used_up = failed is not None and not failed and used.used[place]
    yield f"  {_nearest(numbers.names[place], used, failed, is_used_up=is_used_up, is_same=found is not None)}"
    differences = [
        *_origin_differences(used.requests[place], asked, redact),
        *(_setting_differences(found, used.requests[place], asked, secrets) if found else miss.differs),
    ]
    for line in islice(differences, _MAX_DIFFERENCES):
        yield f"  {shortened(line, _MAX_LINE_LENGTH)}"
    if len(differences) > _MAX_DIFFERENCES:
        yield f"  and {len(differences) - _MAX_DIFFERENCES} more differences"


def _nearest(name: str, used: UsedCassette, failed: Sequence[str] | None, *, is_used_up: bool, is_same: bool) -> str:
    """Return which recorded request is nearest, and why its recorder does not take it."""
    if is_used_up:
        same = "the same request" if is_same else f"the same to {used.recorder}"
        return f"The nearest is {name}, {same}, but its answer was used already (allow_playback_repeats is off)."
    if failed:
        return f"The nearest is {name}, which {used.recorder} refuses by its matcher{'s' * (len(failed) > 1)} {listed(failed)}."
    compares = f" {used.recorder} compares {listed(used.matchers)}." if used.matchers else ""
    return f"The nearest is {name}.{compares}"


def _origin_differences(recorded: Request, asked: Request, redact: Redact) -> Iterator[str]:
    """Yield what differs before the path, which recorders compare and `nearest` does not."""
    before, after = (_origin(request) for request in (recorded, asked))
    if before and after and before != after:
        yield f"The host is {visible_line(redact(after))}, recorded is {visible_line(redact(before))}."


def _origin(request: Request) -> str:
    try:
        parts = urlsplit(masked_url(request.url))
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _setting_differences(found: Found, recorded: Request, asked: Request, secrets: Secrets) -> Iterator[str]:
    """Yield the settings that differ in a request that is otherwise the same."""
    # A value that is cut short may end within a secret, which is not recognised any more.
    before, after = (read_meaning(secrets.redacted_request(request)).settings for request in (recorded, asked))
    for change in found.settings:
        name = visible_line(secrets.redact(change.name))
        values = [shown_setting(change.name, settings.get(change.name)) for settings in (after, before)]
        right, left = (visible_line(secrets.redact(value or "…")) for value in values)
        if change.left is None:
            yield f"{name} is {right}, the recording has none."
        elif change.right is None:
            yield f"The request has no {name}, recorded is {left}."
        else:
            yield f"{name} is {right}, recorded is {left}."
    if found.note:
        yield found.note
