"""Status lines of recorded responses."""

import pytest

from viewer.types.http import Response


@pytest.mark.parametrize(
    ("response", "line"),
    [
        (Response(200, "OK"), "200 OK"),
        (Response(429), "429"),
        (Response(reason="ok"), "ok"),
        (Response(), ""),
    ],
)
def test_a_status_line_has_only_the_recorded_parts(response, line):
    assert response.status_line == line
