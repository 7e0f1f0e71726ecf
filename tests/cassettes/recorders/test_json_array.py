import json

import viewer

CHUNKS = [{"candidates": [{"content": {"parts": [{"text": text}]}}]} for text in ("one ", "two ", "three")]


def test_an_array_of_chunks_in_a_file_is_a_stream():
    cassette = viewer.load(json.dumps(CHUNKS).encode())
    assert cassette.format == "json-array"
    assert cassette.streams[0].text() == "one two three"


def test_an_array_that_is_cut_off_is_read_up_to_there():
    cassette = viewer.load(json.dumps(CHUNKS).encode()[:-20])
    assert cassette.streams[0].text() == "one two "
    assert any("cut off" in problem.message for problem in cassette.problems)
