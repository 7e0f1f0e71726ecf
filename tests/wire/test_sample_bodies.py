"""Properties that hold for the body of every sample, whatever its framing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import viewer
from tests.conftest import ROOT
from viewer.streams.reader import read_stream
from viewer.types.http import Interaction, Request, Response
from viewer.wire.sse_columns import only_line_end, read_columns
from viewer.wire.sse_lines import read_units
from viewer.wire.sse_oddities import as_units

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
def test_the_raw_slices_of_the_units_are_the_body(name, interaction, stream):
    body = interaction.response.body
    units = stream.chunks.drop_duplicates("event")[["offset", "size"]].to_numpy()
    assert b"".join(body[offset : offset + size] for offset, size in units) == body, name


@pytest.mark.parametrize(
    "body",
    [one.response.body for _, one, _ in BODIES if one.response.content_type == "text/event-stream"],
    ids=[name for name, one, _ in BODIES if one.response.content_type == "text/event-stream"],
)
def test_the_fast_reader_and_the_line_reader_agree(body):
    columns = read_columns(body, 0, only_line_end(body))
    assert as_units(columns) == read_units(body, 0)


@pytest.mark.parametrize(
    ("name", "interaction", "stream"), BODIES, ids=lambda value: value if isinstance(value, str) else ""
)
@given(data=st.data())
def test_the_units_of_a_body_that_is_cut_off_anywhere_tile_what_is_left(name, interaction, stream, data):
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
        # A character that is cut in two is replaced.
        assert whole.startswith(read.text(kind).rstrip("\ufffd")) or read.protocol != stream.protocol
