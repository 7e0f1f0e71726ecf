"""Plant secrets in places, redact, and search every output for what is left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import viewer
from tests.support.planting.all_kinds import KINDS
from tests.support.planting.all_places import PLACES
from tests.support.planting.leaks import find_leak
from tests.support.planting.outputs import OUTPUTS, Case, lane_texts
from tests.support.planting.places import Planting, Recording

LEAK, REFUSED, EXCEPTION, UNSEEN = "leak", "refused", "exception", "unseen"
"""What can be wrong with an output. `UNSEEN` is a fault of this planter: its search does not find the secret before redaction."""


class Plan(NamedTuple):
    """What to plant where, and which outputs to make."""

    kind: str
    place: str
    outputs: tuple[str, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with one output."""

    what: str
    kind: str
    place: str
    output: str
    seed: int
    recording: str
    """The recorder and the carrier."""
    excerpt: str

    def __str__(self) -> str:
        return (
            f"{self.what}: {self.kind} × {self.place} × {self.output} ({self.recording}): {self.excerpt!r}\n"
            f"    scripts/plant --kinds {self.kind} --places {self.place} --outputs {self.output} --seed {self.seed}"
        )


def plant(kind: str, place: str, seed: int) -> Recording:
    """Return the recording with a secret of this kind at this place."""
    dice = Random(f"{seed}/{kind}/{place}")  # noqa: S311 - not a real secret
    return PLACES[place].build(Planting(KINDS[kind], KINDS[kind].secret(seed).text, dice))


def plans(
    kinds: Sequence[str], places: Sequence[str], outputs: Sequence[str], seed: int, *, each: bool = True
) -> Iterator[Plan]:
    """Yield a plan for every kind at every place that it fits, with all outputs or with one that dice choose."""
    for place in places:
        for kind in kinds:
            if PLACES[place].fits(KINDS[kind]):
                dice = Random(f"{seed}/{kind}/{place}")  # noqa: S311 - not a real secret
                yield Plan(kind, place, tuple(outputs) if each else (dice.choice(outputs),), seed)


def carry_out(plan: Plan) -> list[Fault]:
    """Plant one secret and return what is wrong with the outputs."""
    secret = KINDS[plan.kind].secret(plan.seed)
    recording = plant(plan.kind, plan.place, plan.seed)

    def fault(what: str, output: str, excerpt: object) -> Fault:
        return Fault(what, plan.kind, plan.place, output, plan.seed, recording.description, str(excerpt))

    try:
        case = Case(recording)
    except Exception as error:  # noqa: BLE001 - any exception is a finding
        return [fault(EXCEPTION, "cassette", repr(error))]
    faults = []
    if not find_leak([recording.data, recording.name, *lane_texts(case.cassette)], secret):
        faults.append(fault(UNSEEN, "recording", ""))
    for output in plan.outputs:
        try:
            leak = find_leak(OUTPUTS[output](case), secret)
        except viewer.CassetteError as error:
            faults.append(fault(REFUSED, output, error))
        except Exception as error:  # noqa: BLE001 - as above
            faults.append(fault(EXCEPTION, output, repr(error)))
        else:
            if leak:
                faults.append(fault(LEAK, output, leak))

    return faults
