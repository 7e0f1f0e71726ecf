import json

import pytest

import viewer
from tests.conftest import SAMPLES, SEED
from tests.support.streams import call, delta
from viewer.display.replay_svg import animated_svg


def cassette_of(*events):
    return viewer.load(("".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n").encode())


def drawn(cassette, **options):
    return animated_svg(cassette, cassette.streams[0], **options)


@pytest.fixture(scope="session")
def seed_svg():
    return drawn(viewer.load(SEED))


@pytest.fixture(scope="session")
def samples():
    """Return a few recordings with their pictures: every grade, several lanes, wide characters."""
    names = ("japanese.yml", "ollama.ndjson", "tool-calls.yaml", "short.har", "streaming.yaml")
    files = [next(SAMPLES.glob(f"*{name}")) for name in names]
    return [(cassette, drawn(cassette)) for cassette in map(viewer.load, files)]


@pytest.fixture(scope="session")
def long_svg():
    """Return the picture of a text that is too long for it."""
    return drawn(cassette_of(*[delta(content=f"Sentence number {number} of many. ") for number in range(5000)]))


@pytest.fixture(scope="session")
def hostile():
    return "\x00\x1b[2J\ufffe\uffff\ud83d]]><script>alert(1)</script>&amp;\"'><style>*{display:none}</style>\u202e"


@pytest.fixture(scope="session")
def hostile_svg(hostile):
    return drawn(cassette_of(delta(content=hostile, model=hostile), call(hostile, hostile)))
