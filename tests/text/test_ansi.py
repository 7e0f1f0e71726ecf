from viewer.text.ansi import RED, painter


def test_a_text_is_painted_only_if_colours_are_wanted():
    assert painter(coloured=True)("a", RED) == "\x1b[31ma\x1b[0m"
    assert painter(coloured=False)("a", RED) == "a"


def test_nothing_is_painted_without_a_style_or_a_text():
    paint = painter(coloured=True)
    assert (paint("a", ""), paint("", RED)) == ("a", "")


def test_a_text_cannot_command_the_terminal():
    for coloured in (True, False):
        assert not {"\x1b", "\n"} & set(painter(coloured=coloured)("\x1b]0;title\x07\n", ""))
