"""Whether two paths name the same resource, whatever prefix the client's base URL adds or leaves out."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import unquote

from viewer.comparison.normalise import normalised_path
from viewer.playback.placeholders import is_placeholder_name

# What follows one of these is a model, an agent or a deployment, which is never an id that changes with each run.
_MODEL_OWNERS = frozenset({"model", "models", "deployments", "engines", "agents", "agentAliases"})
# What follows one of these is named by the client, often by a random number, or belongs to the account, as a host does.
_ID_OWNERS = frozenset({"sessions", "projects", "locations"})
# Ids that have a dash or nothing before their random part, such as `file-9RhPAs9YqVajpGXRfcgavJ`.
_LONG_ID = re.compile(r"(?:[a-z]+-)?(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9]{20,}", re.ASCII)
# Longer paths are no one's API. The limit bounds the work for a hostile one.
_MAX_SEGMENTS = 64
_HOST = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*", re.IGNORECASE)


class PathFit(NamedTuple):
    """How well an asked path fits a recorded one."""

    common: int
    """How many segments at the end are the same."""
    leftover: int
    """How many segments stand before them on one of the two sides."""
    other_ids: int
    """How many of the common segments are ids that differ."""


NO_PATH = PathFit(0, 0, 0)
"""The fit of a recording that does not say what was asked."""


class Target(NamedTuple):
    """The parts of a URL that say what is asked. The host is not one of them."""

    path: tuple[str, ...]
    """The segments, decoded. Empty ones are left out, and so are slashes at the end."""
    query: str


def target_of(url: str) -> Target:
    """Take a URL, or the path and query of one, apart. A placeholder may stand for the whole base URL."""
    host = _HOST.match(url)
    path, _, query = url[host.end() if host else 0 :].partition("#")[0].partition("?")
    segments = [segment for segment in unquote(path).split("/") if segment]
    if segments and not path.startswith("/") and is_placeholder_name(segments[0]):
        del segments[0]
    return Target(tuple(segments[:_MAX_SEGMENTS]), query)


def fit_paths(recorded: Sequence[str], asked: Sequence[str]) -> PathFit | None:
    """Return how well two paths fit, None if neither is the end of the other. A root path fits only a root path."""
    common = min(len(recorded), len(asked))
    if common == 0:
        return None if recorded or asked else NO_PATH
    other_ids = 0
    for place in range(-1, -common - 1, -1):
        one, other = recorded[place], asked[place]
        if one == other:
            continue
        owner = recorded[place - 1] if len(recorded) >= 1 - place else ""
        if is_placeholder_name(one) or is_placeholder_name(other):
            continue
        if not _is_same_id(one, other, owner):
            return None
        other_ids += 1
    return PathFit(common, max(len(recorded), len(asked)) - common, other_ids)


def _is_same_id(one: str, other: str, owner: str) -> bool:
    """Tell whether two segments are ids, which do not count."""
    if owner in _MODEL_OWNERS:
        return False
    if owner in _ID_OWNERS or (_LONG_ID.fullmatch(one) and _LONG_ID.fullmatch(other)):
        return True
    plain = normalised_path(one)
    return plain != one and plain == normalised_path(other)


def model_of(path: Sequence[str]) -> str:
    """Return the model in a path of Bedrock, Gemini, Vertex AI or Azure, without its action; "" if there is none."""
    for owner, name in pairwise(path):
        if owner in ("model", "models", "deployments", "engines"):
            return name.rpartition(":")[0] if owner == "models" and ":" in name else name
    return ""


def without_model(path: Sequence[str]) -> tuple[str, ...]:
    """Return a path with "…" in place of its model."""
    model = model_of(path)
    return tuple(segment.replace(model, "…", 1) if model and segment.startswith(model) else segment for segment in path)
