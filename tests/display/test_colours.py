import pytest

from viewer.display.colours import BY_LANE


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("lane", BY_LANE)
def test_every_colour_can_be_read_on_its_ground(lane):
    assert contrast(BY_LANE[lane].light, "#ffffff") >= 4.5
    assert contrast(BY_LANE[lane].dark, "#0e1117") >= 4.5
