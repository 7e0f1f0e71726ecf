"""Write the interactions of any recorder as a go-vcr cassette, with the times that this format has room for."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from viewer.cassettes.go_vcr_writer import interaction_tree, write_cassette
from viewer.types.http import Interaction
from viewer.wire.events import payload_ends
from viewer.wire.framing import split_events

_NO_TROUBLES: Mapping[int, str] = MappingProxyType({})


def interactions_text(interactions: Sequence[Interaction], troubles: Mapping[int, str] = _NO_TROUBLES) -> str:
    """Write interactions as the YAML of one cassette.

    Args:
        interactions: what to write. Secrets must be removed before.
        troubles: why an exchange did not end normally, by the index of its interaction.
    """
    return write_cassette(
        [
            interaction_tree(index, one, _extension(one, troubles.get(index, "")))
            for index, one in enumerate(interactions)
        ]
    )


def _extension(interaction: Interaction, trouble: str) -> dict[str, Any]:
    """Return what go-vcr itself has no fields for."""
    times = interaction.times
    extension: dict[str, Any] = {}
    if times.started is not None:
        extension["started_epoch_s"] = times.started.epoch_s
    if trouble:
        extension["trouble"] = trouble
    # The format counts from the request. Other arrivals would mean that the first event arrived at once.
    if times.arrivals is not None and times.arrivals.since_request:
        ends = _arrival_ends(interaction)
        if ends is not None:
            extension["arrivals"] = {"s": list(times.arrivals.s), "ends": ends}
    return extension


def _arrival_ends(interaction: Interaction) -> list[int] | None:
    """Return the offset in the body at which the part of each arrival ends. Return None if it is not known."""
    arrivals = interaction.times.arrivals
    if arrivals is None:
        return None
    if arrivals.ends is not None:
        return list(arrivals.ends)
    framed = split_events(interaction.response.content_type, interaction.response.body)
    if framed is None:
        return None
    ends = payload_ends(framed[0], interaction.response.body).tolist()
    ends_with_data = [end for end, data in zip(ends, framed[0].data, strict=True) if data is not None]
    # The closing [DONE] is an event that some recorders do not time.
    return ends_with_data[: len(arrivals.s)] if 0 <= len(ends_with_data) - len(arrivals.s) <= 1 else None
