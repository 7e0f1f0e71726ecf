"""The lines of a session's file, and what to say of those that nobody can read."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from viewer.cassettes.fields import quote
from viewer.cassettes.syntax.json_lines import read_json_lines
from viewer.text.json import mapping, parse
from viewer.text.words import counted, listed
from viewer.types.problems import Problem

_MAX_NAMED = 5
_MAX_NAME_CHARACTERS = 40
_MAX_SINGLE = 5
_KEPT = "It is shown with the request that follows it, or with the last answer."
_KEPT_ALL = "They are shown with the requests that follow them, or with the last answer."


class FileLine(NamedTuple):
    """One line that is not blank."""

    data: bytes
    value: dict[str, Any]
    """Empty if the line is not a JSON object."""


def file_lines(data: bytes, problems: list[Problem]) -> Iterator[FileLine]:
    """Yield each line of a file of JSON objects. Add a problem for each other line, such as the last one of a file that was cut."""
    end, broken = len(data.rstrip()), 0
    for line in read_json_lines(data):
        if isinstance(line.value, dict):
            yield FileLine(line.data, line.value)
            continue
        yield FileLine(line.data, {})
        if line.error and line.offset + len(line.data) >= end:
            what, advice = "The last line is cut off.", "Copy the file again once the program has ended."
            problems.append(Problem("warning", what, advice, offset=line.offset))
            continue
        broken += 1
        if broken <= _MAX_SINGLE:
            reason = f"is not JSON ({line.error})" if line.error else "is not a JSON object"
            problems.append(Problem("warning", f"This line {reason}.", _KEPT, offset=line.offset))
    if broken > _MAX_SINGLE:
        what = f"{counted(broken - _MAX_SINGLE, 'more line')} {'is' if broken == _MAX_SINGLE + 1 else 'are'} not JSON objects."
        problems.append(Problem("warning", what, _KEPT_ALL))


def first_objects(data: bytes, count: int, *, in_events: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects among the first lines of a file, if `in_events` also those that are the data of server-sent events.

    A line that is indented belongs to something else: a recorder in YAML may have recorded the same lines as a body.
    """
    begin = 0
    for _ in range(count):
        end = data.find(b"\n", begin)
        line = data[begin : end if end >= 0 else len(data)]
        line = line.removeprefix(b"data:").lstrip() if in_events and line.startswith(b"data:") else line
        if line.startswith(b"{"):
            with suppress(ValueError):
                yield mapping(parse(line))
        if end < 0:
            return
        begin = end + 1


def note_unknown(types: Mapping[str, int]) -> Iterator[Problem]:
    """Yield a note with the number of lines of each type that no version of the program is known to write."""
    if not types:
        return
    # No program gives a longer name, and half of one could be half of a secret.
    short = {name: count for name, count in types.items() if len(name) <= _MAX_NAME_CHARACTERS}
    most = sorted(short.items(), key=lambda one: -one[1])[:_MAX_NAMED]
    names = [f"{count:,} {quote(name, _MAX_NAME_CHARACTERS) or 'without a type'}" for name, count in most]
    if names and len(most) < len(types):
        names.append(f"lines of {counted(len(types) - len(most), 'other type')}")
    what = f"{counted(sum(types.values()), 'line')} of unknown types{': ' if names else ''}{listed(names) if names else ''}."
    yield Problem("note", what, "They are shown with the request that follows them, and take no part in any figure.")
