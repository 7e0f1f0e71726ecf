"""A stream as a WebVTT transcript, which players show under a video and editors of subtitles open.

https://www.w3.org/TR/webvtt1/
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from viewer.display.lanes import Lane, lanes_of
from viewer.streams.stream import Stream
from viewer.text.safe import visible, visible_line
from viewer.text.words import MEANINGS

# A cue ends with a sentence once it is long enough to be read, then between two words, and then anywhere.
_SENTENCE_S, _WORD_S, _LONGEST_S = 1.0, 3.0, 6.0
# What is said before a pause, or last, stays this long.
_STAYS_S = 2.0
_SENTENCE_END = re.compile(r"""[.!?:]['")\]]*$|\n$""")
_WIDE_SENTENCE_ENDS = ("。", "！", "？")
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class _Said:
    """Hold a text and when it came: that of one chunk, or of all that make a cue."""

    voice: str
    begin_s: float
    last_s: float
    text: str


def transcript(stream: Stream, choice: int | None = None) -> str:
    """Return one choice of a stream as WebVTT, the lowest where none is named; blank lines of its texts are left out.

    Cues last one to a few seconds where the stream does, and begin when their first chunk came. The voices are `reasoning`,
    `content`, `tool NAME` and what else speaks.
    """
    cues = [cue for cue in _cues(stream, choice) if cue.text.strip()]
    following = [*(cue.begin_s for cue in cues[1:]), math.inf]
    return "\n\n".join(["WEBVTT", *_notes(stream), *map(_block, cues, following)]) + "\n"


def _notes(stream: Stream) -> Iterator[str]:
    grade = stream.timing.grade
    facts = {
        "model": stream.model or "not known",
        "protocol": stream.protocol,
        "times": f"{grade}: {MEANINGS[grade]}",
        "origin": f"times count from the {stream.timing.origin}",
    }
    yield "NOTE\n" + "\n".join(f"{name}: {_of_a_note(fact)}" for name, fact in facts.items())
    if grade == "paced":
        yield "NOTE Speed not recorded: these times are a nominal pace, and nothing can be measured by them."
    if stream.protocol == "generic":
        yield "NOTE The protocol of this stream is not known, so no text was read from it."


def _of_a_note(text: str) -> str:
    # An arrow would end the note and begin a cue.
    return visible_line(text).replace("-->", "-- >")


def _cues(stream: Stream, choice: int | None) -> Iterator[_Said]:
    for voice, chunks in groupby(_chunks(stream, choice), key=lambda chunk: chunk.voice):
        held: list[_Said] = []
        for chunk in chunks:
            if held and _ends(chunk.begin_s - held[0].begin_s, held[-1].text, chunk.text):
                yield _joined(voice, held)
                held = []
            held.append(chunk)
        yield _joined(voice, held)


def _chunks(stream: Stream, choice: int | None) -> Iterator[_Said]:
    """Yield the texts of a stream in order."""
    lanes = [lane for lane in lanes_of(stream, choice) if lane.has_text]
    t = np.maximum.accumulate(np.maximum(stream.chunks["t"].to_numpy(), 0.0))
    texts = stream.chunks["text"]
    for row, place in sorted((int(row), place) for place, lane in enumerate(lanes) for row in lane.rows):
        at = float(t[row])
        if text := visible(texts.iloc[row]):
            yield _Said(_voice(lanes[place]), at, at, text)


def _voice(lane: Lane) -> str:
    return f"tool {lane.label}" if lane.kind == "tool_call" else lane.label


def _joined(voice: str, held: list[_Said]) -> _Said:
    return _Said(voice, held[0].begin_s, held[-1].last_s, "".join(chunk.text for chunk in held))


def _ends(lasted_s: float, before: str, text: str) -> bool:
    """Tell whether a cue that has lasted so long ends between two texts."""
    between_words = text[:1].isspace() or before[-1:].isspace()
    sentence = before.endswith(_WIDE_SENTENCE_ENDS) or (
        between_words and bool(_SENTENCE_END.search(before.rstrip(" \t")))
    )
    return (lasted_s >= _SENTENCE_S and sentence) or (lasted_s >= _WORD_S and between_words) or lasted_s >= _LONGEST_S


def _block(cue: _Said, following_s: float) -> str:
    begin_ms = round(cue.begin_s * 1000)
    end_ms = max(round(min(following_s, cue.last_s + _STAYS_S) * 1000), begin_ms + 1)
    text = _BLANK_LINES.sub("\n", cue.text).strip("\n")
    return (
        f"{_timestamp(begin_ms)} --> {_timestamp(end_ms)}\n<v {_escaped(visible_line(cue.voice))}>{_escaped(text)}</v>"
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _timestamp(ms: int) -> str:
    minutes, ms = divmod(ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds, ms = divmod(ms, 1000)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"
