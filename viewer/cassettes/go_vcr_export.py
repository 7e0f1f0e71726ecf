"""Write the interactions of any recorder as a go-vcr cassette, with the times that this format has room for."""

from collections.abc import Sequence
from typing import Any

from viewer.cassettes.go_vcr_writer import Exchange, HoldsSecret, interaction_tree, write_cassette
from viewer.types.http import Interaction
from viewer.wire.events import payload_ends
from viewer.wire.framing import split_events


def interactions_text(interactions: Sequence[Interaction], holds_secret: HoldsSecret) -> str:
    """Write interactions as the YAML of one cassette, without the headers that hold a secret."""
    return write_cassette(
        [
            interaction_tree(index, _exchange(one), _extension(one), holds_secret)
            for index, one in enumerate(interactions)
        ]
    )


def _exchange(interaction: Interaction) -> Exchange:
    request, response, times = interaction.request, interaction.response, interaction.times
    return Exchange(
        method=request.method,
        url=request.url,
        request_headers=list(request.headers.items()),
        request_body=request.body,
        started_epoch_s=0.0,
        status=response.status or 0,
        reason=response.reason,
        response_headers=list(response.headers.items()),
        headers_s=times.headers_s or 0.0,
        body=bytearray(response.body),
    )


def _extension(interaction: Interaction) -> dict[str, Any]:
    """Return the times that go-vcr itself has no fields for."""
    times = interaction.times
    extension: dict[str, Any] = {}
    if times.started is not None:
        extension["started_epoch_s"] = times.started.epoch_s
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
