"""The rows of the library as the list in the browser takes them: columns of texts, and numbers to sort by."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from viewer.pages.library.facets import FACETS, facet_values
from viewer.text.json import write
from viewer.text.words import NOTHING, dollars, explanation, headline, marked, number
from viewer.types.measure import Measure

_TEXT_CHARACTERS = 160


def list_rows(streams: pd.DataFrame, texts: pd.DataFrame, names: dict[str, str]) -> str:
    """Return the rows as JSON. `list.js` has its type.

    Args:
        streams: rows of `Library.streams`.
        texts: the same rows of `Library.texts`.
        names: the path of each recording by its key.
    """
    codes, keys = pd.factorize(streams["name"])
    recorded = streams["recorded_at"]
    text, source = _first_lines(streams, texts)
    rows = {
        "recording": codes.tolist(),
        "interaction": streams["interaction"].tolist(),
        "text": text,
        "source": source,
        "kind": streams["kind"].astype("string").tolist(),
        "model": streams["model"].fillna("").tolist(),
        "recorder": streams["format"].tolist(),
        "finish": streams["finish_reason"].fillna("").tolist(),
        "first_token": _times(streams, "ttft"),
        "length": _times(streams, "length"),
        "input": _numbers(streams["input_tokens"], number),
        "output": _numbers(streams["output_tokens"], number),
        "cost": _numbers(streams["cost_usd"], dollars),
        "recorded": _dates(recorded),
    }
    recordings = [[str(key), names.get(str(key), str(key))] for key in keys]
    return write({"recordings": recordings, "rows": rows, "facets": _facets(streams)})


def _first_lines(streams: pd.DataFrame, texts: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return the first line of each row, and what it is: an error, content, reasoning, a tool call or what was asked."""
    has = {name: (texts[name].fillna("") != "").to_numpy() for name in ("content", "reasoning", "tools", "asked")}
    # What went wrong tells more than what came before it.
    is_error = streams["error"].notna().to_numpy()
    source = np.select(
        [is_error, has["content"], has["reasoning"], has["tools"], has["asked"]],
        ["error", "content", "reasoning", "tools", "asked"],
        default="none",
    )
    text = streams["opening"].where(source != "asked", texts["asked"]).mask(is_error, streams["error"])
    return text.fillna("").str.slice(0, _TEXT_CHARACTERS).tolist(), source.tolist()


def _times(streams: pd.DataFrame, name: str) -> dict[str, Sequence[Any]]:
    """Return times as texts with the mark of their grade, and the seconds to sort by: of bounds, the lower end."""
    columns = [streams[f"{name}_{part}"].astype(object) for part in ("s", "low_s", "high_s", "grade")]
    # A lower bound of 0 alone tells nothing: every time has it.
    is_known = streams[f"{name}_s"].notna() | (streams[f"{name}_low_s"] > 0) | streams[f"{name}_high_s"].notna()
    texts, tips = [NOTHING] * len(streams), [""] * len(streams)
    keys: list[float | None] = [None] * len(streams)
    # Most recordings hold no times, so this loop is short.
    for row in np.flatnonzero(is_known.to_numpy()).tolist():
        value, low, high, grade = (None if pd.isna(column.iloc[row]) else column.iloc[row] for column in columns)
        measure = Measure(value, low or None if value is None else low, high, "s", grade, "")
        if headline(measure) != NOTHING:
            texts[row], tips[row] = marked(measure), explanation(measure).removeprefix("; ")
            keys[row] = value if value is not None else low or 0.0
    return {**_cells(texts, keys), "tip": tips}


def _numbers(values: "pd.Series[Any]", written: Any) -> dict[str, Sequence[Any]]:
    keys = _keys(values)
    return _cells([NOTHING if key is None else written(key) for key in keys], keys)


def _cells(texts: Sequence[str], keys: Sequence[float | None]) -> dict[str, Sequence[Any]]:
    return {"text": texts, "key": keys}


def _keys(values: "pd.Series[Any]") -> list[float | None]:
    return [None if pd.isna(value) else value for value in values.astype(object)]


def _dates(times: "pd.Series[Any]") -> dict[str, Sequence[Any]]:
    """Return days, with the time of day, in UTC, as a tooltip."""
    days, moments = (times.dt.strftime(form) for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S UTC"))
    keys = _keys(times.astype("int64").where(times.notna()))
    return {**_cells(days.fillna(NOTHING).tolist(), keys), "tip": moments.fillna("").tolist()}


def _facets(streams: pd.DataFrame) -> list[dict[str, Any]]:
    values = facet_values(streams)
    facets = []
    for facet in FACETS:
        codes, present = pd.factorize(values[facet.name], sort=True)
        facets.append(
            {"name": facet.name, "title": facet.title, "values": [str(one) for one in present], "codes": codes.tolist()}
        )
    return facets
