"""Export of a stream as a WebVTT transcript, which video players show and subtitle editors open.

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
from viewer.text.words import explain_grade

# A cue ends at the first of these: a sentence end after 1 s, which is enough to read it; a word end after 3 s; anything after 6 s.
_MIN_SENTENCE_S, _MIN_WORD_S, _MAX_CUE_S = 1.0, 3.0, 6.0
# Before a pause, and at the end, a cue stays this long.
_LINGER_S = 2.0
_SENTENCE_END = re.compile(r"""[.!?:]['")\]]*$|\n$""")
_WIDE_SENTENCE_ENDS = ("。", "！", "？")
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class _Cue:
    """A text and when it arrived: that of one chunk, or of the chunks joined to a cue."""

    voice: str
    begin_s: float
    last_s: float
    text: str


def transcript(stream: Stream, choice: int | None = None) -> str:
    """Return one choice of a stream as WebVTT, by default the lowest. Blank lines, which would end a cue, are left out.

    Cues begin when their first chunk arrived and last one to a few seconds if the stream does. Voices are the labels of the
    lanes: `reasoning`, `content`, `tool NAME` and so on.
    """
    cues = [cue for cue in _cues(stream, choice) if cue.text.strip()]
    following = [*(cue.begin_s for cue in cues[1:]), math.inf]
    return "\n\n".join(["WEBVTT", *_notes(stream), *map(_block, cues, following)]) + "\n"


def _notes(stream: Stream) -> Iterator[str]:
    grade = stream.timing.grade
    facts = {
        "model": stream.model or "unknown",
        "protocol": stream.protocol,
        "times": explain_grade(grade),
        "origin": f"times are since the {stream.timing.origin}",
    }
    yield "NOTE\n" + "\n".join(f"{name}: {_note_text(fact)}" for name, fact in facts.items())
    if grade == "paced":
        yield "NOTE Speed not recorded: these times are a nominal pace. Do not measure anything with them."
    if stream.protocol == "generic":
        yield "NOTE The protocol of this stream is unknown, so no text was read from it."


def _note_text(text: str) -> str:
    # An arrow would end the note and start a cue.
    return visible_line(text).replace("-->", "-- >")


def _cues(stream: Stream, choice: int | None) -> Iterator[_Cue]:
    for voice, chunks in groupby(_chunks(stream, choice), key=lambda chunk: chunk.voice):
        pending: list[_Cue] = []
        for chunk in chunks:
            if pending and _ends(chunk.begin_s - pending[0].begin_s, pending[-1].text, chunk.text):
                yield _joined(voice, pending)
                pending = []
            pending.append(chunk)
        yield _joined(voice, pending)


def _chunks(stream: Stream, choice: int | None) -> Iterator[_Cue]:
    """Yield the text of each chunk in order."""
    lanes = [lane for lane in lanes_of(stream, choice) if lane.has_text]
    t = np.maximum.accumulate(np.maximum(stream.columns.arrival.t, 0.0))
    texts = stream.columns.text
    for row, place in sorted((int(row), place) for place, lane in enumerate(lanes) for row in lane.rows):
        at = float(t[row])
        if text := visible(texts[row]):
            yield _Cue(_voice(lanes[place]), at, at, text)


def _voice(lane: Lane) -> str:
    return f"tool {lane.label}" if lane.kind == "tool_call" else lane.label


def _joined(voice: str, chunks: list[_Cue]) -> _Cue:
    return _Cue(voice, chunks[0].begin_s, chunks[-1].last_s, "".join(chunk.text for chunk in chunks))


def _ends(length_s: float, before: str, text: str) -> bool:
    """Tell whether a cue of a given length ends between the text before and the next one."""
    between_words = text[:1].isspace() or before[-1:].isspace()
    sentence = before.endswith(_WIDE_SENTENCE_ENDS) or (
        between_words and bool(_SENTENCE_END.search(before.rstrip(" \t")))
    )
    return (
        (length_s >= _MIN_SENTENCE_S and sentence)
        or (length_s >= _MIN_WORD_S and between_words)
        or length_s >= _MAX_CUE_S
    )


def _block(cue: _Cue, following_s: float) -> str:
    begin_ms = round(cue.begin_s * 1000)
    end_ms = max(round(min(following_s, cue.last_s + _LINGER_S) * 1000), begin_ms + 1)
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
