import pytest

from viewer.display.paired_bars import Bar, BarRow, bar_list


def drawn(*bars, is_grey=False):
    """Return the classes of the row, and of each bar its rectangles as (class, x, width) in percent."""
    [_, _, row] = bar_list([BarRow("Output rate", bars, "", is_grey=is_grey)])
    lines = row[3][2:]
    return row[1]["class"], [
        [(one[1]["class"], float(one[1]["x"].rstrip("%")), float(one[1]["width"].rstrip("%"))) for one in line[3][2:]]
        for line in lines
    ]


def test_both_bars_are_on_one_scale():
    _, [one, other] = drawn(Bar("A", "4 s", 4.0, 4.0, 4.0), Bar("B", "1 s", 1.0, 1.0, 1.0))
    assert one == [("bar side-a", 0, 100)]
    assert other == [("bar side-b", 0, 25)]


def test_bounds_are_a_hairline_with_caps_at_both_ends():
    _, [one, _] = drawn(Bar("A", "2 s", 2.0, 1.0, 3.0), Bar("B", "4 s", 4.0, 4.0, 4.0))
    assert one == [("bar side-a", 0, 50), ("bound", 25, 50), ("cap", 25, 1), ("cap", 75, 1)]


def test_a_bare_lower_bound_is_open_above_and_has_no_bar():
    _, [one, other] = drawn(Bar("A", "≥ 2 s", None, 2.0, None), Bar("B", "2 s", 2.0, 2.0, 2.0))
    [(kind, begin, width), cap] = one
    assert kind == "bound open"
    assert begin + width == pytest.approx(100, abs=0.1)
    assert cap[1] == begin == pytest.approx(other[0][2])


@pytest.mark.parametrize("value", [None, 0.0])
def test_nothing_is_drawn_of_an_unknown_figure_and_no_width_of_zero(value):
    _, lines = drawn(Bar("A", "—", value, None, None), Bar("B", "—", None, None, None))
    assert all(width == 0 for line in lines for _, _, width in line)


def test_figures_that_cannot_be_told_apart_are_grey():
    bar = Bar("A", "1", 1.0, None, None)
    assert drawn(bar, is_grey=True)[0] == "pair grey"
    assert drawn(bar)[0] == "pair"
