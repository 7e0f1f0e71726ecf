from viewer.display.replay_svg.lines import Line, Piece, thinned


def lines(count):
    return [
        Line("content", [Piece(number / 10, f"a{number} "), Piece(number / 10 + 0.05, "b")]) for number in range(count)
    ]


def test_pieces_of_one_step_appear_together_and_none_before_it_arrived():
    (line,) = thinned([Line("content", [Piece(0.01, "a"), Piece(0.09, "b"), Piece(0.11, "c")])], 5, 0.1).lines
    assert line.pieces == [Piece(0.09, "ab"), Piece(0.11, "c")]


def test_the_middle_of_a_long_text_is_left_out_with_a_note_at_its_moment():
    shown, left_out = thinned(lines(100), 10, 0)
    assert left_out == 90
    assert [line.pieces[0].text for line in shown[:4]] == ["a0 ", "a1 ", "a2 ", "a3 "]
    assert shown[4].is_label
    assert shown[4].pieces == [Piece(0.4, "⋯ 90 lines are left out of this picture ⋯")]
    assert [line.pieces[0].text for line in shown[5:]] == [f"a{number} " for number in range(94, 100)]


def test_a_short_text_is_left_as_it_is():
    assert thinned(lines(3), 3, 0) == (lines(3), 0)
