"""View recorded streams of language models: load a cassette, look at its chunks, usage and times.

import viewer
cassette = viewer.load("recording.yaml")
cassette.chunks                  # a pandas.DataFrame, a row for each thing an event adds
cassette.streams[0].text()       # what the model said
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from viewer.types.version import VERSION

if TYPE_CHECKING:
    from viewer.display.report.report import report
    from viewer.protocols.reading import ToolCall
    from viewer.streams.answer import Answer
    from viewer.streams.cassette import Cassette, load
    from viewer.streams.cost import Cost
    from viewer.streams.stream import Stream
    from viewer.streams.timing.arrival import Evidence
    from viewer.streams.timing.timing import Timing
    from viewer.types.http import Interaction
    from viewer.types.limits import Limits
    from viewer.types.measure import Measure
    from viewer.types.problems import CassetteError, Problem
    from viewer.types.usage import Usage

__version__ = VERSION

__all__ = [
    "Answer",
    "Cassette",
    "CassetteError",
    "Cost",
    "Evidence",
    "Interaction",
    "Limits",
    "Measure",
    "Problem",
    "Stream",
    "Timing",
    "ToolCall",
    "Usage",
    "__version__",
    "load",
    "report",
]

_MODULES = {
    "Answer": "streams.answer",
    "Cassette": "streams.cassette",
    "CassetteError": "types.problems",
    "Cost": "streams.cost",
    "Evidence": "streams.timing.arrival",
    "Interaction": "types.http",
    "Limits": "types.limits",
    "Measure": "types.measure",
    "Problem": "types.problems",
    "Stream": "streams.stream",
    "Timing": "streams.timing.timing",
    "ToolCall": "protocols.reading",
    "Usage": "types.usage",
    "load": "streams.cassette",
    "report": "display.report.report",
}


def __getattr__(name: str) -> Any:
    # Imported when first asked for: pandas takes half a second, which `python -m viewer --help` need not wait for.
    if name not in _MODULES:
        raise AttributeError(f"module 'viewer' has no attribute {name!r}")
    value = getattr(import_module(f"viewer.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *_MODULES]
