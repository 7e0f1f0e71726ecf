"""How many tokens each chunk stands for: an estimate, since no wire format says it for each chunk."""

import numpy as np

from viewer.streams.hidden_reasoning import HiddenReasoning, silent_before_output
from viewer.types.chunk_table import AUDIO, CONTENT, REASONING, REFUSAL, TOOL_CALL, Floats, Ints, is_kind
from viewer.types.usage import Usage

OUTPUT_KINDS = (CONTENT, TOOL_CALL, REFUSAL, AUDIO)
CHARACTERS_PER_TOKEN = 4.0
"""The rule of thumb of OpenAI's tokenizer page for English, used only where the provider reports no count."""


def attribute_tokens(kind: Ints, characters: Ints, usage: Usage | None, hidden: HiddenReasoning | None) -> Floats:
    """Return tokens for each row, by its kind code and length of text; missing where a row stands for none.

    A phase (reasoning, or output) with exactly as many chunks as reported tokens has one token a chunk. Otherwise the
    reported count is shared by characters. Where reasoning is partly hidden it is shared evenly over shown and silent
    chunks, because a silent chunk has no characters to go by.
    """
    tokens = np.full(len(kind), np.nan)
    reasoning = kind == REASONING
    output = is_kind(kind, OUTPUT_KINDS)
    reported_reasoning = usage.reasoning if usage else None
    reported_output = usage.output if usage else None
    if reported_output is not None:
        reported_output -= reported_reasoning or 0
    if reported_output and reported_reasoning is None and reasoning.any():
        # Anthropic and others count thinking as output, and not on its own.
        together = reasoning | output
        tokens[together] = _share(characters[together], reported_output)
        return tokens
    if hidden and hidden.silent_chunks:
        reasoning = reasoning | silent_before_output(kind)
        tokens[reasoning] = hidden.reasoning_tokens / np.count_nonzero(reasoning)
    else:
        shown = None if hidden else reported_reasoning
        tokens[reasoning] = _share(characters[reasoning], shown)
    tokens[output] = _share(characters[output], reported_output)
    return tokens


def _share(characters: Ints, reported: int | None) -> Floats:
    if not reported or reported < 0:
        return characters / CHARACTERS_PER_TOKEN
    if reported == len(characters):
        return np.ones(len(characters))
    total = characters.sum()
    return characters * (reported / total) if total else np.full(len(characters), reported / max(1, len(characters)))
