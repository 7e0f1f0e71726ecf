"""Lines that describe images and files."""

import pytest

from viewer.protocols.images import describe_address


@pytest.mark.parametrize(
    ("url", "media_type", "expected"),
    [
        ("data:image/png;base64,AAAA", "", "image/png, 3 bytes"),
        ("data:image/png;base64,AAAA", "image/webp", "image/webp, 3 bytes"),
        ("https://example.org/a.png", "image/png", "image/png, https://example.org/a.png"),
        ("https://example.org/a.png", "", "image, https://example.org/a.png"),
    ],
)
def test_an_address_is_shown_and_data_in_it_is_counted(url, media_type, expected):
    assert describe_address(url, media_type, default="image") == expected
