import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.text.base64 import unpack


@given(st.binary(max_size=60), st.integers(1, 20))
def test_base64_is_decoded_with_line_breaks_and_without_padding(data, width):
    packed = base64.b64encode(data).decode()
    folded = "\n  ".join(packed[place : place + width] for place in range(0, len(packed), width))
    assert unpack(folded) == unpack(packed.rstrip("=")) == data


@given(st.binary(max_size=60), st.integers(0, 80))
def test_base64_that_is_cut_off_gives_the_bytes_before_the_cut(data, cut):
    assert data.startswith(unpack(base64.b64encode(data).decode()[:cut]))


@pytest.mark.parametrize("text", ["data: x", "é", "{}", "ab-_", "no base64!"])
def test_text_that_is_not_base64_is_refused(text):
    with pytest.raises(ValueError, match="not base64"):
        unpack(text)
