"""Lines stamped by moreutils' `ts`: https://joeyh.name/code/moreutils/, as in `curl -N … | ts -s %.s > stream.txt`.

A stamp is the time at which a line ended: the time of day, the time since `ts` started (`-s`), or the time since the previous
line (`-i`), but never the time since the request. With `-i`, blank lines count as lines. Times with `-s` never go back.

`docker logs -t` and `kubectl logs --timestamps` stamp lines too, in nanoseconds: https://docs.docker.com/reference/cli/docker/container/logs/.
"""

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.wire_form import JSON_LINES
from viewer.text.times import continue_day, parse_time_of_day
from viewer.types.formats import About
from viewer.types.http import Arrivals, Headers, Interaction, RecordedTimes, Request, Response
from viewer.types.problems import Problem
from viewer.wire.sniff import is_event_stream, is_json_lines

ABOUT = (
    About(
        "ts",
        "ts of moreutils",
        "https://joeyh.name/code/moreutils/",
        "`ts`, `-s`, `-i` and `-m` with the default formats, %.s, %.S, %.T and ISO 8601; `docker logs -t`",
        "each line, to the microsecond or second; not the start of the request",
    ),
)

_STAMP = re.compile(
    rb"\[?(?:"
    rb"(?:(?P<seconds>0|[1-9]\d{0,9})(?P<part>\.\d{6})|(?P<whole_seconds>[1-9]\d{9}))"
    rb"|(?P<date>\d{4}-\d\d-\d\d[T ]|[A-Za-z\x80-\xff.]{3,12} [ \d]\d )?"
    rb"(?P<time>\d\d:\d\d:\d\d(?P<part_of_day>\.\d{3}(?:\d{3}){0,2})?)(?P<zone>Z| ?[+-]\d\d:?\d\d)?"
    rb")\]?(?: |(?=\r?\Z))"
)
_LINE = re.compile(rb"[^\n]*+\n|[^\n]++\Z")
_BOM = b"\xef\xbb\xbf"
_SECOND_US = 10**6
_HALF_A_DAY_US = 12 * 60 * 60 * _SECOND_US
# From here on (2001), seconds are epoch seconds and not a duration.
_EPOCH_US = 10**9 * _SECOND_US
# A few lines may lack a stamp.
_MIN_STAMPED_SHARE = 0.9
_MAX_STAMP_BYTES = 40
# HH:MM:SS.ffffff
_MICROSECONDS_END = 15


def recognise(document: Document) -> int:
    """Look for stamps of one format on nearly all lines, with events after them."""
    if not _STAMP.match(document.head.removeprefix(_BOM)):
        return 0
    lines = list(_lines(document.head))
    stamped = sum(stamp is not None for stamp, _ in lines)
    text = b"".join(line for _, line in lines)
    return 75 if stamped >= _MIN_STAMPED_SHARE * len(lines) and (is_event_stream(text) or is_json_lines(text)) else 0


def read(document: Document) -> Recording:
    """Return one interaction with a response body and the times of its lines."""
    lines = list(_lines(document.data))
    body = b"".join(line for _, line in lines)
    stamps: list[re.Match[bytes]] = []
    ends: list[int] = []
    for (stamp, _), end in zip(lines, accumulate(len(line) for _, line in lines), strict=True):
        if stamp:
            stamps.append(stamp)
            ends.append(end)
        else:
            ends[-1] = end
    problems = []
    if len(stamps) < len(lines):
        what = f"Lines without a stamp in the format of the first line: {len(lines) - len(stamps):,}."
        problems.append(Problem("warning", what, "They are shown with the time of the line before.", interaction=0))
    decimals = len(stamps[0]["part"] or stamps[0]["part_of_day"] or b".") - 1
    seconds = tuple(us / _SECOND_US for us in _times_us(stamps))
    arrivals = Arrivals(seconds, tuple(ends), resolution_s=max(fields.MICROSECOND_S, 10.0**-decimals))
    headers = Headers() if is_event_stream(body) else fields.content_type(JSON_LINES)
    interaction = Interaction(Request(), Response(headers=headers, body=body), RecordedTimes(arrivals=arrivals))
    return Recording("ts", [interaction], problems=tuple(problems))


def _lines(data: bytes) -> Iterator[tuple[re.Match[bytes] | None, bytes]]:
    """Yield each line without its stamp. The stamp is None if it does not have the format of the first line's."""
    first_format = None
    for line in _LINE.findall(data.removeprefix(_BOM)):
        stamp = _STAMP.match(line.removesuffix(b"\n"))
        if stamp and (first_format is None or _format(stamp) == first_format):
            first_format = _format(stamp)
            yield stamp, line[stamp.end() :]
        elif line.endswith(b"\n") or len(line) > _MAX_STAMP_BYTES:
            # A short rest at the end of the file is part of a stamp, not a line.
            yield None, line


def _format(stamp: re.Match[bytes]) -> tuple[bool, ...]:
    return tuple(group is not None for group in stamp.groups())


def _times_us(stamps: list[re.Match[bytes]]) -> list[int]:
    """Return when each line ended, in microseconds since an unknown moment."""
    first = stamps[0]
    if first["time"]:
        us = [parse_time_of_day(stamp["time"][:_MICROSECONDS_END].decode()) for stamp in stamps]
        steps_back = any(0 < one - other < _HALF_A_DAY_US for one, other in pairwise(us))
        since_line_before = steps_back and not first["date"] and min(us) < _SECOND_US
        return list(accumulate(us) if since_line_before else accumulate(us, continue_day))
    us = [int((stamp["seconds"] or stamp["whole_seconds"]) + (stamp["part"] or b".000000")[1:]) for stamp in stamps]
    steps_back = any(one > other for one, other in pairwise(us))
    return list(accumulate(us)) if steps_back and us[0] < _EPOCH_US else us
