"""Hidden reasoning: reasoning tokens that the provider counts but the stream does not show."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viewer.types.chunk_table import AUDIO, CONTENT, REASONING, REFUSAL, SILENT, TOOL_CALL, Ints, is_kind
from viewer.types.usage import Check, Usage


@dataclass(frozen=True, slots=True)
class HiddenReasoning:
    """What is known about reasoning that is not shown."""

    shown_chunks: int
    silent_chunks: int
    """Events without a delta before the first output; 0 if the provider sends nothing while it reasons."""
    reasoning_tokens: int

    @property
    def tokens(self) -> int:
        """Reasoning tokens that are not shown."""
        return self.reasoning_tokens - self.shown_chunks

    @property
    def check(self) -> Check | None:
        """The check that shown and silent chunks add up to the reported count; None if they do not."""
        if self.shown_chunks + self.silent_chunks != self.reasoning_tokens:
            return None
        figures = f"{self.shown_chunks} + {self.silent_chunks} = {self.reasoning_tokens}"
        return Check("shown + silent chunks = reasoning", passed=True, figures=figures)


def hidden_reasoning(kind: Ints, usage: Usage | None) -> HiddenReasoning | None:
    """Return the hidden reasoning of a stream, given the kind code of each row. Return None if none is known to be hidden.

    If no reasoning is shown, all reported reasoning is hidden. If some is shown, chunks and tokens are comparable only if each
    chunk is one token, and that is known only if shown and silent chunks add up exactly to the reported count.
    """
    reported = usage.reasoning if usage else None
    if not reported:
        return None
    shown = int(np.count_nonzero(kind == REASONING))
    silent = int(np.count_nonzero(silent_before_output(kind)))
    if shown and (not silent or shown + silent != reported):
        return None
    return HiddenReasoning(shown, silent, reported)


def silent_before_output(kind: Ints) -> npt.NDArray[np.bool_]:
    """Mark the silent rows before the first content, tool call, refusal or audio."""
    output = np.flatnonzero(is_kind(kind, (CONTENT, TOOL_CALL, REFUSAL, AUDIO)))
    before = np.zeros(len(kind), dtype=np.bool_)
    before[: output[0] if len(output) else len(kind)] = True
    silent: npt.NDArray[np.bool_] = before & (kind == SILENT)
    return silent
