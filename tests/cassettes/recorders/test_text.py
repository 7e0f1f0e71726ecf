import json
import time

import pytest
import yaml

import viewer

EVENT = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}'


def test_the_original_seed_file_has_the_same_stream(shared, seed_stream):
    listing = viewer.load(shared / "seed" / "000_7051d8c16b3fe20e.txt")
    assert listing.format == "text"
    [stream] = listing.streams
    assert stream.text() == seed_stream.text()
    assert stream.text("reasoning") == seed_stream.text("reasoning")
    assert list(stream.chunks["kind"]) == list(seed_stream.chunks["kind"])
    assert stream.usage.total == 373
    assert stream.provider == "xai"


def test_a_numbered_listing_of_the_seed_has_the_same_stream(seed_bytes, seed_stream):
    lines = seed_bytes.decode().split("\n")
    listing = "\n".join(f"{number} {line.strip()}" for number, line in enumerate(lines, 1))
    [stream] = viewer.load(listing.encode()).streams
    assert list(stream.chunks["text"]) == list(seed_stream.chunks["text"])


@pytest.mark.parametrize(
    "line",
    [
        EVENT,
        f"    {EVENT}",
        f"12 {EVENT}",
        f"  12: {EVENT}",
        f"12|{EVENT}",
        f"7-{EVENT}",
        f"{EVENT}   ",
        f"12\t{EVENT}\r",
        f"2025-01-01 12:00:00 {EVENT}",
        f"> {EVENT}",
        f"[12:00] {EVENT}",
    ],
)
def test_events_are_found_whatever_comes_before_them(line):
    assert viewer.load(f"Some log\n{line}\nmore".encode()).streams[0].text() == "a"


def test_a_byte_order_mark_does_not_hide_an_event():
    assert viewer.load(f"\ufeff1 {EVENT}\n".encode()).streams[0].text() == "a"


def test_a_word_that_ends_in_data_is_not_an_event():
    with pytest.raises(viewer.CassetteError):
        viewer.load(b'metadata: {"a": 1} and\n: [')


def test_two_streams_in_one_text_are_two_streams():
    text = f"{EVENT}\ndata: [DONE]\n\nagain\n{EVENT}\ndata: [DONE]\n"
    assert [stream.text() for stream in viewer.load(b"log\n" + text.encode()).streams] == ["a", "a"]


@pytest.mark.process
@pytest.mark.parametrize("line", ['data: {"a":%s1}x', "%sx", "1%sx", "1 %s: x"])
@pytest.mark.parametrize("run", [" ", "\t", "7", " \t"])
def test_a_line_of_many_spaces_or_digits_is_read_in_linear_time(line, run):
    """Found by fuzzing (round 1795836923:26967): a line of 24,000 bytes that begins with spaces took 3 seconds."""
    start = time.process_time()
    viewer.load(f"log\n{EVENT}\n{line % (run * 400_000)}\n".encode())
    assert time.process_time() - start < 2


def test_utf_16_text_from_a_windows_shell_is_read():
    assert viewer.load(f"{EVENT}\n\n".encode("utf-16")).streams[0].text() == "a"


def test_a_cassette_of_an_unknown_recorder_is_read_by_its_strings_and_not_its_lines():
    """YAML folds strings over lines and doubles quotes, so most events would be lost if it were read line by line."""
    body = "".join(f'data: {{"choices":[{{"index":0,"delta":{{"content":"it\'s é {n} "}}}}]}}\n\n' for n in range(9))
    tree = {"calls": [{"to": "u", "said": [f"{body}: {n}\n\n"]} for n in (1, 2)], "made_by": 1}
    for text in (yaml.safe_dump(tree, width=60), json.dumps(tree)):
        cassette = viewer.load(text.encode())
        assert cassette.format == "text"
        assert [stream.text() for stream in cassette.streams] == ["".join(f"it's é {n} " for n in range(9))] * 2
        assert "No known recorder" in cassette.problems[0].message


def test_the_address_of_an_embedded_file_is_no_event():
    tree = {"parts": [{"url": "data:image/png;base64,aGVsbG8="}], "answer": "a pixel"}
    for text in (json.dumps(tree), yaml.safe_dump(tree)):
        loaded = viewer.load(text.encode())
        assert loaded.streams == []
        assert json.loads(loaded.interactions[0].response.body) == tree
        assert any("embedded file" in problem.message for problem in loaded.problems)
    with_events = viewer.load(json.dumps({**tree, "said": f"{EVENT}\n\n"}).encode())
    assert [stream.text() for stream in with_events.streams] == ["a"]
