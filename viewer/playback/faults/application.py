"""Which faults an answer has, and what is sent with all of them."""

from collections.abc import Iterable
from random import Random
from typing import NamedTuple

from viewer.playback.delivery import Delivery
from viewer.playback.faults.fault import Fault, faulted
from viewer.types.http import Request


class Faulted(NamedTuple):
    """What is sent, and which faults it has."""

    delivery: Delivery
    faults: tuple[Fault, ...]
    not_reached: tuple[Fault, ...]
    """Faults that it would have if the response were longer."""


def apply_faults(delivery: Delivery, faults: Iterable[Fault], request: Request, answered: int, seed: str) -> Faulted:
    """Apply faults to an answer, in their order.

    Args:
        delivery: what would be sent without them.
        faults: those that were asked for.
        request: what the client asked.
        answered: how many equal requests were answered before.
        seed: what decides everything that is random, together with the fault and `answered`. It does not depend on which of several
            clients comes first.
    """
    applied: list[Fault] = []
    not_reached: list[Fault] = []
    for fault in faults:
        rng = Random(f"{seed} {answered} {fault.text}")  # noqa: S311 - nothing is secret here
        if not _is_due(fault, request, answered, rng):
            continue
        changed = faulted(delivery, fault, rng, request)
        (not_reached if changed is delivery else applied).append(fault)
        delivery = changed
    return Faulted(delivery, tuple(applied), tuple(not_reached))


def names_of(faults: Iterable[Fault]) -> str:
    """Name faults in one line."""
    return "; ".join(fault.text for fault in faults)


def _is_due(fault: Fault, request: Request, answered: int, rng: Random) -> bool:
    return (
        fault.path in request.url.partition("?")[0]
        and (fault.times is None or answered < fault.times)
        and (fault.chance >= 1 or rng.random() < fault.chance)
    )
