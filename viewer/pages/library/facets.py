"""The facets of the library: what its rows can be filtered by, and what is chosen in the address."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import pandas as pd
import streamlit as st

Chosen = Mapping[str, Collection[str]]
"""The chosen values of each facet. A facet of which none is chosen lets all rows pass."""


class Facet(NamedTuple):
    """One facet: the name of its parameter in the address, which is that of its column in `facet_values`, and its title."""

    name: str
    title: str


FACETS = (
    Facet("kind", "Kind"),
    Facet("provider", "Provider"),
    Facet("model", "Model"),
    Facet("protocol", "Protocol"),
    Facet("recorder", "Recorder"),
    Facet("timing", "Timing"),
    Facet("ending", "Finish or error"),
)


def facet_values(streams: pd.DataFrame) -> pd.DataFrame:
    """Return the value of each row for each facet; missing if it is not known."""
    columns = {
        "kind": streams["kind"],
        "provider": streams["provider"],
        "model": streams["model"],
        "protocol": streams["protocol"],
        "recorder": streams["format"],
        "timing": streams["grade"],
        "ending": _endings(streams),
    }
    return pd.DataFrame({name: column.astype("string") for name, column in columns.items()})


def _endings(streams: pd.DataFrame) -> "pd.Series[str]":
    """Return "error", the finish reason, or "cut off" for a stream that ends without either."""
    endings = streams["finish_reason"].mask(streams["error"].notna(), "error")
    return endings.mask(endings.isna() & ~streams["complete"].fillna(value=True), "cut off")


def chosen_in_address() -> Chosen:
    """Return what the address chooses."""
    chosen = {facet.name: st.query_params.get_all(facet.name) for facet in FACETS}
    return {name: values for name, values in chosen.items() if values}


def passing(values: pd.DataFrame, chosen: Chosen) -> "pd.Series[bool]":
    """Tell for each row of `facet_values` whether it has a chosen value of every facet."""
    passes = pd.Series(data=True, index=values.index)
    for name, wanted in chosen.items():
        passes &= values[name].isin(list(wanted)).fillna(value=False).astype(bool)
    return passes
