import pandas as pd

from viewer.library.library import to_dataframe
from viewer.library.stream_rows import COLUMNS
from viewer.pages.library.facets import facet_values, passing


def streams(*rows):
    return to_dataframe([{"kind": "stream", "complete": True, "problems": 0, **ROW, **row} for row in rows], COLUMNS)


ROW = {"size_bytes": 1, "interaction": 0, "tool_calls": 0}


def test_a_row_passes_if_it_has_a_chosen_value_of_every_facet():
    values = pd.DataFrame({"kind": ["stream", "error", "stream"], "model": ["a", "a", pd.NA]}, dtype="string")
    assert passing(values, {}).tolist() == [True, True, True]
    assert passing(values, {"kind": ["stream"]}).tolist() == [True, False, True]
    assert passing(values, {"kind": ["stream", "error"], "model": ["a"]}).tolist() == [True, True, False]


def test_a_stream_ends_by_an_error_its_finish_reason_or_by_being_cut_off():
    ends = streams({"finish_reason": "stop"}, {"finish_reason": "stop", "error": "overloaded"}, {"complete": False}, {})
    assert facet_values(ends)["ending"].fillna("").tolist() == ["stop", "error", "cut off", ""]
