"""Plotly figures of streams and libraries."""

from viewer.display.charts.by_model import by_model
from viewer.display.charts.calls import calls
from viewer.display.charts.comparison import comparison
from viewer.display.charts.distribution import distribution, gap_distribution
from viewer.display.charts.rate import rate
from viewer.display.charts.timeline import timeline
from viewer.display.charts.tokens import tokens

__all__ = ["by_model", "calls", "comparison", "distribution", "gap_distribution", "rate", "timeline", "tokens"]
