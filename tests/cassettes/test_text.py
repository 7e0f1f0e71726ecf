import pytest

import viewer

EVENT = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}'


def test_the_seed_as_it_was_handed_over_holds_the_same_stream(shared, seed_stream):
    listing = viewer.load(shared / "seed" / "000_7051d8c16b3fe20e.txt")
    assert listing.format == "text"
    [stream] = listing.streams
    assert stream.text() == seed_stream.text()
    assert stream.text("reasoning") == seed_stream.text("reasoning")
    assert list(stream.chunks["kind"]) == list(seed_stream.chunks["kind"])
    assert stream.usage.total == 373
    assert stream.provider == "xai"


def test_a_numbered_listing_of_the_seed_holds_the_same_stream(seed_bytes, seed_stream):
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
    ],
)
def test_events_are_found_whatever_stands_before_them(line):
    assert viewer.load(f"Some log\n{line}\nmore".encode()).streams[0].text() == "a"


def test_a_broken_cassette_still_shows_its_events(seed_bytes, seed_stream):
    broken = seed_bytes.replace(b"\n    status: 200 OK", b"\n   : status: [")
    loaded = viewer.load(broken, "broken.yaml")
    assert loaded.format == "text"
    assert loaded.streams[0].text() == seed_stream.text()
    assert any("not readable as YAML" in problem.message for problem in loaded.problems)


def test_text_in_utf_16_as_a_windows_shell_writes_it_is_read():
    assert viewer.load(f"{EVENT}\n\n".encode("utf-16")).streams[0].text() == "a"
