"""Merge conflicts that Git left in a file: the file holds two versions, and is none of them."""

import re

# What `git merge` writes. The marks have seven characters, and the last line of a conflict is the only one that is never omitted.
_BEGIN = re.compile(rb"^<{7}(?: |\r?$)", re.MULTILINE)
_MIDDLE = re.compile(rb"^={7}\r?$", re.MULTILINE)
_END = re.compile(rb"^>{7}(?: |\r?$)", re.MULTILINE)


def conflict_line(data: bytes) -> int | None:
    """Return the line, counted from 1, at which the first merge conflict begins, or None if there is none."""
    # Most files have no such mark, and a plain search is faster than the pattern.
    if b"<<<<<<<" not in data:
        return None
    begin = _BEGIN.search(data)
    middle = begin and _MIDDLE.search(data, begin.end())
    if not begin or not middle or not _END.search(data, middle.end()):
        return None
    return data.count(b"\n", 0, begin.start()) + 1
