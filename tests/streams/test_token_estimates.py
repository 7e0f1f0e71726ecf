import numpy as np
import pytest

from viewer.streams.hidden_reasoning import hidden_reasoning
from viewer.streams.token_estimates import attribute_tokens
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, SILENT, TOOL_CALL
from viewer.types.usage import Usage


def attribute(kinds, characters, usage):
    kind = np.array(kinds)
    return attribute_tokens(kind, np.array(characters), usage, hidden_reasoning(kind, usage)).tolist()


def test_a_phase_with_as_many_chunks_as_tokens_has_one_token_per_chunk():
    assert attribute([CONTENT, CONTENT], [1, 9], Usage(output=2)) == [1, 1]


def test_a_reported_count_is_divided_by_characters():
    assert attribute([CONTENT, TOOL_CALL], [30, 10], Usage(output=8)) == [6, 2]


def test_rows_that_the_model_wrote_for_a_tool_of_the_provider_are_output():
    kind = np.array([OTHER, OTHER, CONTENT])
    tokens = attribute_tokens(kind, np.array([20, 20, 60]), Usage(output=8), None, [1])
    assert np.isnan(tokens[0])
    assert tokens[1:].tolist() == [2, 6]


def test_reasoning_and_output_have_their_own_counts():
    assert attribute([REASONING, CONTENT], [50, 7], Usage(output=30, reasoning=20)) == [20, 10]


def test_reasoning_that_is_counted_as_output_shares_the_count_with_it():
    assert attribute([REASONING, CONTENT], [30, 10], Usage(output=8)) == [6, 2]


def test_partly_hidden_reasoning_is_divided_evenly_over_shown_and_silent_chunks():
    assert attribute([REASONING, SILENT, SILENT, CONTENT], [5, 0, 0, 3], Usage(output=4, reasoning=3)) == [1, 1, 1, 1]


def test_tokens_are_estimated_from_characters_if_no_count_is_reported():
    assert attribute([CONTENT, REASONING], [8, 4], None) == [2, 1]


def test_a_row_without_tokens_has_nan():
    assert np.isnan(attribute([CONTENT, FINISH], [4, 0], Usage(output=1))[1])


@pytest.mark.parametrize("usage", [Usage(output=0), Usage(output=5, reasoning=9), Usage(output=-1)])
def test_counts_that_make_no_sense_are_ignored(usage):
    assert attribute([CONTENT], [8], usage) == [2]
