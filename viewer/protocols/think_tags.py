"""Thinking that a model writes into its content, between tags such as `<think>` and `</think>`.

Servers without a reasoning parser pass it on as content, and so does the provider's SDK. The tags are those of DeepSeek and Qwen
(`<think>`), Amazon Nova and Claude 3 (`<thinking>`), Gemma (`<thought>`), Seed (`<seed:think>`) and Mistral (`[THINK]`):
https://docs.vllm.ai/en/latest/features/reasoning_outputs.html. Some templates put the first tag into the prompt, so that only the
closing one is streamed.
"""

import itertools
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from viewer.protocols.reading import Reading
from viewer.types.chunk_table import CONTENT, OTHER, REASONING, SILENT, Ints, distinct
from viewer.types.problems import Problem

_Match = re.Match[str]
_Number = TypeVar("_Number", int, float)
_NAMES = "think|thinking|thought|seed:think"
_TAG = rf"(?:<((?i:{_NAMES}))(?:\s[^<>]*)?>|(\[THINK\]))"
_OPENING = re.compile(_TAG)
_OPENING_A_LINE = re.compile(rf"^[ \t]*{_TAG}", re.MULTILINE)
_CLOSING = re.compile(rf"</((?i:{_NAMES}))\s*>|\[/(THINK)\]")
_HINT = re.compile(r"[<\[/:]th", re.IGNORECASE)
"""Part of every tag, and of few other texts."""
_SPACE = re.compile(r"\s*")
_QUOTES = "`'\""
_FENCE = "```"
_SHOWN_AS_CONTENT = (
    "It is part of the content, as in an SDK. To see it as reasoning, turn on the switch in the page's sidebar, or use"
    " --think-tags, or think_tags=True in Python."
)
_SHOWN_AS_REASONING = "In an SDK it is part of the content."


class Span(NamedTuple):
    """A part of a content that is thinking, or a tag around it."""

    begin: int
    end: int
    kind: int
    """REASONING, or OTHER for a tag."""


def read_think_tags(reading: Reading, offsets: Ints, *, split: bool) -> bool:
    """Note where content begins with thinking in tags, and split it from the content if wanted. Return whether there is any.

    Args:
        reading: what a protocol has read.
        offsets: where each event is in the body.
        split: whether to show thinking as reasoning.
    """
    found = _find_thinking(reading)
    _note_thinking(reading, found, offsets, is_split=split)
    if split and found:
        _split_thinking(reading, found)
    return bool(found)


def _find_thinking(reading: Reading) -> dict[int, list[Span]]:
    """Return the thinking in the content of each choice that begins with some. The spans count characters."""
    found: dict[int, list[Span]] = {}
    choice = np.frombuffer(reading.choice, dtype=np.int16)
    # Nearly every stream ends here. Only texts of other choices come between the parts of a tag.
    if not choice.any() and not _HINT.search("".join(reading.text)):
        return found
    for number, rows in _content_rows(reading).items():
        if spans := thinking_spans("".join([reading.text[row] for row in rows])):
            found[number] = spans
    return found


def _note_thinking(reading: Reading, found: Mapping[int, Sequence[Span]], offsets: Ints, *, is_split: bool) -> None:
    """Note where thinking in tags begins, given the offset of each event."""
    rows = _content_rows(reading) if found else {}
    for number, spans in found.items():
        of_choice = f" of choice {number}" if number else ""
        where = (
            "begins with thinking in tags" if spans[0].kind == OTHER else "begins with thinking that only a tag ends"
        )
        offset = int(offsets[reading.event[rows[number][0]]])
        advice = _SHOWN_AS_REASONING if is_split else _SHOWN_AS_CONTENT
        reading.problems.append(Problem("note", f"The content{of_choice} {where}.", advice, offset=offset))


def _content_rows(reading: Reading) -> dict[int, list[int]]:
    """Return the rows of content of each choice that has any."""
    kind = np.frombuffer(reading.kind, dtype=np.int8)
    choice = np.frombuffer(reading.choice, dtype=np.int16)
    content = np.flatnonzero(kind == CONTENT)
    return {number: content[choice[content] == number].tolist() for number in distinct(choice[content])}


def thinking_spans(text: str) -> list[Span]:
    """Return the thinking in a content and the tags around it, in order. Return none if the content does not begin with any.

    A tag in the middle of a line or in a code block may be quoted, so only the first block and those that begin a line count.
    """
    opening = _OPENING.match(text, _end_of_space(text, 0))
    closing = _closing_of(opening, text) if opening else _orphan(text)
    if opening is None and closing is None:
        return []
    spans = _block(0, opening, closing, text)
    while closing is not None:
        position = closing.end()
        opening, closing = _next_block(text, position, _name(closing))
        if opening is not None:
            spans += _block(opening.start(), opening, closing, text)
    return spans


def _end_of_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position


def _name(tag: _Match) -> str:
    return (tag[1] or "[]").lower()


def _closing_of(opening: _Match, text: str) -> _Match | None:
    closings = _CLOSING.finditer(text, opening.end())
    return next((closing for closing in closings if _name(closing) == _name(opening)), None)


def _orphan(text: str) -> _Match | None:
    """Return a closing tag whose opening tag is part of the prompt, unless it may be quoted."""
    closing = _CLOSING.search(text)
    if closing is None or _OPENING.search(text, 0, closing.start()) or _is_quoted(text, closing):
        return None
    return None if text.count(_FENCE, 0, closing.start()) % 2 else closing


def _next_block(text: str, position: int, name: str) -> tuple[_Match | None, _Match | None]:
    """Return the tags of the next block of the same name that begins a line after a position."""
    at_once = _OPENING.match(text, _end_of_space(text, position))
    openings = _OPENING_A_LINE.finditer(text, position)
    fences, counted = 0, position
    for opening in itertools.chain([at_once] if at_once else [], openings):
        fences += text.count(_FENCE, counted, opening.start())
        counted = opening.start()
        if _name(opening) == name and fences % 2 == 0 and not _is_quoted(text, opening):
            closing = _closing_of(opening, text)
            return (opening, closing) if closing else (None, None)
    return None, None


def _is_quoted(text: str, tag: _Match) -> bool:
    around = text[max(0, tag.start() - 1) : tag.start()] + text[tag.end() : tag.end() + 1]
    return any(quote in around for quote in _QUOTES)


def _block(begin: int, opening: _Match | None, closing: _Match | None, text: str) -> list[Span]:
    """Return the spans of one block. Blank thinking, which models write to say that they skip it, is part of the tags."""
    opened = opening.end() if opening else begin
    closed, end = closing.span() if closing else (len(text), len(text))
    if not text[opened:closed].strip():
        return [Span(begin, end, OTHER)]
    spans = (Span(begin, opened, OTHER), Span(opened, closed, REASONING), Span(closed, end, OTHER))
    return [span for span in spans if span.end > span.begin]


def _split_thinking(reading: Reading, found: Mapping[int, Sequence[Span]]) -> None:
    """Turn thinking into rows of reasoning, and its tags into rows of kind other. A row that holds both becomes several.

    A row that holds nothing but a tag gets an empty row of reasoning beside it: the model was thinking, and not silent.
    """
    pieces: dict[int, list[tuple[int, str]]] = {}
    for number, rows in _content_rows(reading).items():
        if number in found:
            pieces |= _pieces([reading.text[row] for row in rows], rows, found[number])
    _replace_rows(reading, pieces)


def _pieces(texts: Sequence[str], rows: Sequence[int], spans: Sequence[Span]) -> dict[int, list[tuple[int, str]]]:
    """Return the kind and text of each piece of the rows that hold thinking or tags."""
    ends = np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))
    pieces: dict[int, list[tuple[int, str]]] = {}
    for begin, end, kind in _with_content_between(spans, int(ends[-1])):
        first, last = np.searchsorted(ends, (begin, end - 1), side="right").tolist()
        # Of a content, only the first and the last row may also hold a tag.
        for place in range(first, last + 1) if kind != CONTENT else sorted({first, last}):
            start = int(ends[place]) - len(texts[place])
            text = texts[place][max(0, begin - start) : end - start]
            pieces.setdefault(rows[place], []).append((kind, text))
    mark = REASONING if any(span.kind == REASONING for span in spans) else SILENT
    for parts in pieces.values():
        if all(kind == OTHER for kind, _ in parts):
            parts.append((mark, ""))
    return pieces


def _with_content_between(spans: Sequence[Span], length: int) -> Iterator[Span]:
    """Yield the spans of a content of that length, with those of content between and after them."""
    position = 0
    for span in spans:
        if span.begin > position:
            yield Span(position, span.begin, CONTENT)
        yield span
        position = span.end
    if position < length:
        yield Span(position, length, CONTENT)


def _replace_rows(reading: Reading, pieces: Mapping[int, Sequence[tuple[int, str]]]) -> None:
    """Replace rows by their pieces, which stay at the same event."""
    counts = np.ones(len(reading.kind), dtype=np.int64)
    texts: list[str] = []
    kinds = array("b")
    done = 0
    for row in sorted(pieces):
        counts[row] = len(pieces[row])
        texts += reading.text[done:row]
        kinds += reading.kind[done:row]
        for kind, text in pieces[row]:
            texts.append(text)
            kinds.append(kind)
        done = row + 1
    reading.text = texts + reading.text[done:]
    reading.kind = kinds + reading.kind[done:]
    reading.event, reading.choice = _repeated(reading.event, counts), _repeated(reading.choice, counts)
    reading.tool, reading.stamp = _repeated(reading.tool, counts), _repeated(reading.stamp, counts)
    added_before = np.cumsum(counts) - counts - np.arange(len(counts))
    reading.written_rows = [row + int(added_before[row]) for row in reading.written_rows]


def _repeated(column: "array[_Number]", counts: Ints) -> "array[_Number]":
    values = np.repeat(np.frombuffer(column, dtype=column.typecode), counts)
    return array(column.typecode, values.tobytes())
