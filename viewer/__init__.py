"""View recorded streams of language models: load a cassette, look at its chunks, usage and times.

import viewer
cassette = viewer.load("recording.yaml")
cassette.chunks                  # a pandas.DataFrame, one row for each thing an event adds
cassette.streams[0].text()       # what the model said

The names below are the public API; docs/notebook.md lists them. `viewer.charts` has the figures. Three packages have public names
of their own: `viewer.library` for many recordings at once, `viewer.comparison` for what differs between two, `viewer.redaction` for
what must not leave.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from viewer.streams import notebook_hook
from viewer.types.exports import lazy_exports
from viewer.types.version import VERSION

if TYPE_CHECKING:
    from viewer import charts as charts
    from viewer import comparison as comparison
    from viewer import library as library
    from viewer import redaction as redaction
    from viewer.comparison.comparison import compare as compare
    from viewer.display.report.report import report as report
    from viewer.library.open_many import open_many as open_many
    from viewer.playback.serve import serve as serve
    from viewer.redaction.cassette import Redaction as Redaction
    from viewer.redaction.cassette import redact as redact
    from viewer.redaction.findings import Finding as Finding
    from viewer.streams.answer import Answer as Answer
    from viewer.streams.cassette import Cassette as Cassette
    from viewer.streams.cost import Cost as Cost
    from viewer.streams.loading import load as load
    from viewer.streams.stream import Stream as Stream
    from viewer.streams.timing.arrival import Evidence as Evidence
    from viewer.streams.timing.timing import Timing as Timing
    from viewer.types.http import Interaction as Interaction
    from viewer.types.limits import Limits as Limits
    from viewer.types.measure import Measure as Measure
    from viewer.types.problems import CassetteError as CassetteError
    from viewer.types.problems import Problem as Problem
    from viewer.types.replies import ToolCall as ToolCall
    from viewer.types.usage import Usage as Usage

__version__ = VERSION

_HOMES = {
    "Answer": "streams.answer",
    "Cassette": "streams.cassette",
    "CassetteError": "types.problems",
    "Cost": "streams.cost",
    "Evidence": "streams.timing.arrival",
    "Finding": "redaction.findings",
    "Interaction": "types.http",
    "Limits": "types.limits",
    "Measure": "types.measure",
    "Problem": "types.problems",
    "Redaction": "redaction.cassette",
    "Stream": "streams.stream",
    "Timing": "streams.timing.timing",
    "ToolCall": "types.replies",
    "Usage": "types.usage",
    "charts": "charts",
    "compare": "comparison.comparison",
    "comparison": "comparison",
    "library": "library",
    "load": "streams.loading",
    "open_many": "library.open_many",
    "redact": "redaction.cassette",
    "redaction": "redaction",
    "report": "display.report.report",
    "serve": "playback.serve",
}

__all__, __getattr__, __dir__ = lazy_exports(__name__, _HOMES)
__all__ += ["__version__"]


def _in_notebook(function: str) -> notebook_hook.Renderer:
    """Return a renderer of `viewer.display.notebook`, imported when a notebook asks for it."""

    def render(value: Any) -> str:
        html: str = getattr(import_module("viewer.display.notebook"), function)(value)
        return html

    return render


notebook_hook.register(cassette=_in_notebook("cassette_html"), stream=_in_notebook("stream_html"))
