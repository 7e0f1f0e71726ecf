"""Hidden reasoning: the provider counts reasoning tokens that the stream does not show."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viewer.schema import CONTENT, REASONING, REFUSAL, SILENT, TOOL_CALL, Ints
from viewer.usage import Check, Usage


@dataclass(frozen=True, slots=True)
class HiddenReasoning:
    """Hold what is known of reasoning out of sight."""

    shown_chunks: int
    silent_chunks: int
    """Events without a delta before the first output; 0 where the provider sends nothing while it reasons."""
    reasoning_tokens: int

    @property
    def adds_up(self) -> bool:
        """Whether every shown or silent chunk stands for exactly one reported token."""
        return self.silent_chunks > 0 and self.shown_chunks + self.silent_chunks == self.reasoning_tokens

    @property
    def tokens(self) -> int | None:
        """Reasoning tokens that are not shown; None where the stream does not tell them apart."""
        if self.adds_up or not self.shown_chunks:
            return self.reasoning_tokens - self.shown_chunks
        return None

    @property
    def check(self) -> Check:
        """The sum of shown and silent chunks against the reported tokens."""
        sign = "=" if self.adds_up else "≠"
        figures = f"{self.shown_chunks} + {self.silent_chunks} {sign} {self.reasoning_tokens}"
        return Check("shown + silent chunks = reasoning", self.adds_up, figures)


def hidden_reasoning(kind: Ints, usage: Usage | None) -> HiddenReasoning | None:
    """Return what is hidden of a stream's reasoning, by the kind code of each row; None where nothing is."""
    reported = usage.reasoning if usage else None
    if not reported:
        return None
    shown = int(np.count_nonzero(kind == REASONING))
    silent = int(np.count_nonzero(silent_before_output(kind)))
    if reported <= shown or (shown and not silent):
        return None
    return HiddenReasoning(shown, silent, reported)


def silent_before_output(kind: Ints) -> npt.NDArray[np.bool_]:
    """Mark the silent rows that stand before the first content, tool call or refusal."""
    output = np.flatnonzero(np.isin(kind, (CONTENT, TOOL_CALL, REFUSAL)))
    before = np.zeros(len(kind), dtype=np.bool_)
    before[: output[0] if len(output) else len(kind)] = True
    silent: npt.NDArray[np.bool_] = before & (kind == SILENT)
    return silent
