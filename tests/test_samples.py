from pathlib import Path

import pytest

import viewer

SAMPLES = Path(__file__).resolve().parent.parent / "sample_cassettes"
FILES = sorted(path for path in SAMPLES.iterdir() if path.name != "README.md")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sample_opens_with_a_stream_of_text_and_no_error(path):
    cassette = viewer.load(path)
    assert any(stream.text() for stream in cassette.streams)
    assert not [problem for problem in cassette.problems if problem.severity == "error"]


def test_every_sample_is_listed_with_its_origin():
    listed = (SAMPLES / "README.md").read_text()
    assert [path.name for path in FILES if f"`{path.name}`" not in listed] == []
