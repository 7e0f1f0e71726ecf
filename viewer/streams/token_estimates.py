"""The tokens of each chunk. They are an estimate, because no wire format reports them per chunk."""

from collections.abc import Sequence

import numpy as np

from viewer.streams.hidden_reasoning import HiddenReasoning, silent_before_output
from viewer.types.chunk_table import AUDIO, CONTENT, REASONING, REFUSAL, TOOL_CALL, Floats, Ints, is_kind
from viewer.types.usage import Usage

OUTPUT_KINDS = (CONTENT, TOOL_CALL, REFUSAL, AUDIO)
CHARACTERS_PER_TOKEN = 4.0
"""OpenAI's rule of thumb for English, from its tokenizer page. Used only if the provider reports no count."""


def attribute_tokens(
    kind: Ints,
    characters: Ints,
    usage: Usage | None,
    hidden: HiddenReasoning | None,
    written_rows: Sequence[int] = (),
) -> Floats:
    """Return the tokens of each row from its kind code and length of text. Rows of other kinds get NaN.

    `written_rows` are rows of kind other that the model wrote. They count as output.

    If a phase (reasoning or output) has exactly as many chunks as reported tokens, each chunk is one token. Otherwise the
    reported count is divided in proportion to characters. If reasoning is partly hidden, it is divided evenly over shown and
    silent chunks, because a silent chunk has no characters.
    """
    tokens = np.full(len(kind), np.nan)
    reasoning = kind == REASONING
    output = is_kind(kind, OUTPUT_KINDS)
    output[list(written_rows)] = True
    reported_reasoning = usage.reasoning if usage else None
    reported_output = usage.output if usage else None
    if reported_output is not None:
        reported_output -= reported_reasoning or 0
    if reported_output and not reported_reasoning and reasoning.any():
        # Anthropic and others count thinking as output, without a count of its own or with one of 0.
        both = reasoning | output
        tokens[both] = _divide(characters[both], reported_output)
        return tokens
    if hidden and hidden.silent_chunks:
        reasoning = reasoning | silent_before_output(kind)
        tokens[reasoning] = hidden.reasoning_tokens / np.count_nonzero(reasoning)
    else:
        # If all reasoning is hidden, the reported count is not that of rows that show some.
        tokens[reasoning] = _divide(characters[reasoning], None if hidden else reported_reasoning)
    tokens[output] = _divide(characters[output], reported_output)
    return tokens


def _divide(characters: Ints, reported: int | None) -> Floats:
    if not reported or reported < 0:
        return characters / CHARACTERS_PER_TOKEN
    if reported == len(characters):
        return np.ones(len(characters))
    total = characters.sum()
    return characters * (reported / total) if total else np.full(len(characters), reported / max(1, len(characters)))
