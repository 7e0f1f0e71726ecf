"""Properties that hold for the body of every sample, whatever its framing."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

import viewer
from tests.conftest import ROOT
from viewer.streams.stream import read_stream
from viewer.types.http import Interaction, Request, Response
from viewer.wire.sse import SSEDecoder, decode

BODIES = [
    (path.name, cassette.interactions[stream.interaction], stream)
    for path in sorted((ROOT / "sample_cassettes").iterdir())
    if path.suffix != ".md"
    for cassette in [viewer.load(path)]
    for stream in cassette.streams
]


@pytest.mark.parametrize(
    ("name", "interaction", "stream"), BODIES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_raw_slices_by_offset_and_size_give_the_body_back(name, interaction, stream):
    body = interaction.response.body
    units = stream.chunks.drop_duplicates("event")[["offset", "size"]].to_numpy()
    assert b"".join(body[offset : offset + size] for offset, size in units) == body, name


@pytest.mark.parametrize(
    "body",
    [one.response.body for _, one, _ in BODIES if one.response.content_type == "text/event-stream"],
    ids=[name for name, one, _ in BODIES if one.response.content_type == "text/event-stream"],
)
@given(cuts=st.lists(st.integers(0, 1 << 20), max_size=12))
def test_any_split_of_an_event_stream_gives_the_same_events(body, cuts):
    places = sorted({min(cut, len(body)) for cut in cuts} | {0, len(body)})
    decoder = SSEDecoder()
    pieces = [decoder.feed(body[begin:end]) for begin, end in itertools.pairwise(places)]
    found = [event for part in [*pieces, decoder.flush()] for event in part]
    assert found == list(decode(body))


@pytest.mark.parametrize(
    ("name", "interaction", "stream"), BODIES, ids=lambda value: value if isinstance(value, str) else ""
)
@given(data=st.data())
def test_a_body_that_is_cut_off_anywhere_gives_rows_that_tile_what_is_left(name, interaction, stream, data):
    body = interaction.response.body
    cut = data.draw(st.integers(1, len(body)))
    response = Response(interaction.response.status, headers=interaction.response.headers, body=body[:cut])
    read = read_stream(Interaction(Request(url=interaction.request.url), response), 0)
    if read is None:
        return
    units = read.chunks.drop_duplicates("event")[["offset", "size"]].to_numpy()
    assert b"".join(body[offset : offset + size] for offset, size in units) == body[:cut], name
    for kind in ("content", "reasoning"):
        whole = stream.text(kind)
        # The character that the cut goes through may be replaced.
        assert whole.startswith(read.text(kind).rstrip("\ufffd")) or read.protocol != stream.protocol
