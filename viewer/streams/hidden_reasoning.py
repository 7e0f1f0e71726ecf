"""Hidden reasoning: the provider counts reasoning tokens that the stream does not show."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viewer.types.chunk_table import AUDIO, CONTENT, REASONING, REFUSAL, SILENT, TOOL_CALL, Ints, is_kind
from viewer.types.usage import Check, Usage


@dataclass(frozen=True, slots=True)
class HiddenReasoning:
    """Hold what is known of reasoning out of sight."""

    shown_chunks: int
    silent_chunks: int
    """Events without a delta before the first output; 0 where the provider sends nothing while it reasons."""
    reasoning_tokens: int

    @property
    def tokens(self) -> int:
        """Reasoning tokens that are not shown."""
        return self.reasoning_tokens - self.shown_chunks

    @property
    def check(self) -> Check | None:
        """The sum of shown and silent chunks that is the reported count; None where the silence does not add up to it."""
        if self.shown_chunks + self.silent_chunks != self.reasoning_tokens:
            return None
        figures = f"{self.shown_chunks} + {self.silent_chunks} = {self.reasoning_tokens}"
        return Check("shown + silent chunks = reasoning", True, figures)  # noqa: FBT003 - passed


def hidden_reasoning(kind: Ints, usage: Usage | None) -> HiddenReasoning | None:
    """Return what is hidden of a stream's reasoning, by the kind code of each row; None where nothing is known to be.

    Where none is shown, all that is reported is hidden. Where some is shown, chunks and tokens cannot be compared unless
    each chunk is one token, and that is known only where shown and silent chunks add up to the reported count exactly.
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
    """Mark the silent rows that stand before the first content, tool call, refusal or audio."""
    output = np.flatnonzero(is_kind(kind, (CONTENT, TOOL_CALL, REFUSAL, AUDIO)))
    before = np.zeros(len(kind), dtype=np.bool_)
    before[: output[0] if len(output) else len(kind)] = True
    silent: npt.NDArray[np.bool_] = before & (kind == SILENT)
    return silent
