import pandas as pd
import pytest

from viewer.pages.library import totals


@pytest.mark.parametrize(("count", "shown"), [(1, False), (9, False), (10, True)])
def test_p90_is_shown_only_of_ten_streams_or_more(count, shown, monkeypatch):
    table = pd.DataFrame({"streams": [count], "p50": [0.1], "p90": [0.2]}, index=["measured"])
    monkeypatch.setattr(totals, "quantiles", lambda _: table)
    [figure] = totals._first_token(pd.DataFrame({"ttft_low_s": [0.1]}))
    assert f"median of {count} stream" in str(figure)
    assert ("p90" in str(figure)) is shown
