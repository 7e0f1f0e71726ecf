"""No planted secret leaves: a sample of kinds × places × outputs. `scripts/plant` runs them all."""

from itertools import cycle

import pytest

from tests.support.planting.all_kinds import KINDS
from tests.support.planting.all_places import PLACES
from tests.support.planting.leaks import find_leak
from tests.support.planting.outputs import OUTPUTS
from tests.support.planting.run import REFUSED, Plan, carry_out, plant

pytestmark = pytest.mark.planted

# Making a page or an index takes longer than a test of every kind can wait.
_QUICK = ("cassette", "chunks", "file", "cassette", "chunks", "go-vcr")
_SLOW = tuple(output for output in OUTPUTS if output not in _QUICK)
_SLOW_EVERY = 10


def _sample():
    """Yield each place with two kinds, so that each kind comes up at least once, and each output."""
    quick, slow = cycle(_QUICK), cycle(_SLOW)
    # Kinds that few places fit come first.
    waiting = sorted(KINDS, key=lambda kind: KINDS[kind].has_form)
    spare = cycle(KINDS)
    for number, place in enumerate([*PLACES] * 2):
        fits = PLACES[place].fits
        kind = next((kind for kind in waiting if fits(KINDS[kind])), None)
        if kind:
            waiting.remove(kind)
        else:
            kind = next(kind for kind in spare if fits(KINDS[kind]))
        yield Plan(kind, place, (next(slow if number % _SLOW_EVERY == 0 else quick),), number)


SAMPLE = [*_sample()]


def test_the_sample_has_every_kind_every_place_twice_and_every_output():
    assert {plan.kind for plan in SAMPLE} == {*KINDS}
    assert all(sum(plan.place == place for plan in SAMPLE) >= 2 for place in PLACES)
    assert {output for plan in SAMPLE for output in plan.outputs} == {*OUTPUTS}
    assert len(KINDS) >= 170
    assert len(PLACES) >= 60


@pytest.mark.parametrize("part", range(4))
def test_nothing_of_a_planted_secret_leaves(part):
    faults = [fault for plan in SAMPLE[part::4] for fault in carry_out(plan)]
    left = [str(fault) for fault in faults if fault.what != REFUSED]
    assert not left, "\n".join(left)
    assert len(faults) <= len(SAMPLE[part::4]) * 0.05, "\n".join(map(str, faults))


def test_the_search_finds_what_an_output_would_hold():
    """The judge itself: it sees a secret in each way of writing, and half of one."""
    secret = KINDS["npm"].secret(1)
    for place in PLACES:
        if PLACES[place].fits(KINDS["npm"]) and place.startswith(("header", "url", "json", "form", "har", "go-vcr")):
            recording = plant("npm", place, 1)
            assert find_leak([recording.data], secret), place
    assert find_leak([f"npm_{'•' * 18}{secret.text[-18:]}"], secret)
    assert not find_leak([f"npm_{'•' * 36}", "npm_000000000000000000000000000000000000"], secret)
