"""View recorded streams of language models: load a cassette, look at its chunks, usage and times.

import viewer
cassette = viewer.load("recording.yaml")
cassette.chunks                  # a pandas.DataFrame, a row for each thing an event adds
cassette.streams[0].text()       # what the model said
"""

from viewer.answer import Answer
from viewer.arrival import Evidence
from viewer.cassette import Cassette, load
from viewer.http import Interaction
from viewer.measure import Measure
from viewer.pricing import Cost
from viewer.problems import CassetteError, Problem
from viewer.reading import ToolCall
from viewer.report import report
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
