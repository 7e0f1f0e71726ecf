import pytest

from viewer.streams.cassette import Cassette
from viewer.testing.files import CassetteFile
from viewer.testing.stories import story_lines, unused_words
from viewer.testing.uses import UsedCassette
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem


@pytest.mark.parametrize(
    ("used", "words"),
    [
        ([], ""),
        ([True], ""),
        ([False], "interaction 0"),
        ([False, False], "all"),
        ([True, False], "interaction 1"),
        ([False, True, False, False, False], "interactions 0 and 2 to 4"),
    ],
)
def test_interactions_that_were_not_used_are_written_in_short(used, words):
    assert unused_words(used) == words


@pytest.mark.parametrize(("problems", "room"), [(0, 3), (1, 3), (5, 3), (5, 8), (9, 20), (0, 4), (9, 4)])
@pytest.mark.parametrize("interactions", [1, 2, 40])
def test_the_lines_of_a_cassette_fit_and_what_is_left_out_is_counted(interactions, problems, room):
    cassette = Cassette(
        "c.yaml",
        "vcrpy",
        "",
        [Interaction(Request("GET", f"https://example.com/{number}"), Response(200)) for number in range(interactions)],
        [],
        [Problem("warning", f"Problem {number}.") for number in range(problems)] + [Problem("note", "No matter.")],
    )
    file = CassetteFile("/c.yaml", "c.yaml", cassette)
    lines = story_lines(file, cassette, None, UsedCassette("vcrpy", ("/c.yaml",), (), ()), room)
    assert len(lines) <= room
    assert any("example.com" in line for line in lines)
    told = sum("Problem " in line for line in lines)
    assert told == problems or any(
        line in (f"  and {problems - told} more problems", f"  {problems} problems") for line in lines
    )
    assert "No matter." not in "".join(lines)
