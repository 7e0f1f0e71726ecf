"""Plotly figures of streams, calls and libraries."""

from viewer.display.charts.calls import waterfall
from viewer.display.charts.distribution import distribution, gap_distribution
from viewer.display.charts.timeline import timeline

__all__ = ["distribution", "gap_distribution", "timeline", "waterfall"]
