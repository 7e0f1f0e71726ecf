"""View recorded streams of language models: load a cassette, look at its chunks, usage and times.

import viewer
cassette = viewer.load("recording.yaml")
cassette.chunks                  # a pandas.DataFrame, a row for each thing an event adds
cassette.streams[0].text()       # what the model said
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

# At once, though little else is: imported later, the module would stand where the function of its name belongs.
from viewer.report import report

if TYPE_CHECKING:
    from viewer.answer import Answer
    from viewer.arrival import Evidence
    from viewer.cassette import Cassette, load
    from viewer.http import Interaction
    from viewer.limits import Limits
    from viewer.measure import Measure
    from viewer.pricing import Cost
    from viewer.problems import CassetteError, Problem
    from viewer.reading import ToolCall
    from viewer.stream import Stream
    from viewer.timing import Timing
    from viewer.usage import Usage

__version__ = "0.1.0"

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
    "Answer": "answer",
    "Cassette": "cassette",
    "CassetteError": "problems",
    "Cost": "pricing",
    "Evidence": "arrival",
    "Interaction": "http",
    "Limits": "limits",
    "Measure": "measure",
    "Problem": "problems",
    "Stream": "stream",
    "Timing": "timing",
    "ToolCall": "reading",
    "Usage": "usage",
    "load": "cassette",
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
