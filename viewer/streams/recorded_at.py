"""When an interaction was recorded, streamed or not.

The clocks in a cassette may disagree. Prices, the Library and exports all take the time from here, so that an interaction has
the same price everywhere.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from viewer.cassettes.fields import moment
from viewer.text.times import parse_epoch
from viewer.types.chunk_table import Floats
from viewer.types.http import Interaction, Moment
from viewer.types.replies import ServerTimes


def recorded_at_s(
    interaction: Interaction, stamp_s: float | None = None, server_times: ServerTimes | None = None
) -> float | None:
    """Return when an interaction was recorded, in epoch seconds. Return None if the cassette does not say.

    The first of these that is known: the server's stamp, when the server created the response, when the recorder sent the
    request, when the recorder had the response, and the Date header. The server comes first because it sets the price.
    """
    if stamp_s is not None:
        return stamp_s
    if server_times and server_times.created_s:
        return float(server_times.created_s)
    times = interaction.times
    known = (times.started, times.ended, server_date(interaction.response.headers))
    return next((time.epoch_s for time in known if time is not None), None)


def server_date(headers: Mapping[str, str]) -> Moment | None:
    """Return the time in the Date header, which has whole seconds (RFC 9110, 5.6.7)."""
    return moment(headers.get("date"), 1.0)


def first_stamp_s(stamps: Floats) -> float | None:
    """Return the first time that the server stamped on an event. Return None if it stamped none."""
    stamped = stamps[np.isfinite(stamps)]
    return float(stamped[0]) if len(stamped) else None


def created_s(payload: Mapping[str, Any]) -> float | None:
    """Return when the server created an answer that was not streamed, from the fields that most protocols share."""
    return next((time for name in ("created", "created_at") if (time := parse_epoch(payload.get(name)))), None)
