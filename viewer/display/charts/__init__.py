"""Plotly figures of streams and libraries."""

from viewer.display.charts.distribution import distribution, gap_distribution
from viewer.display.charts.timeline import timeline

__all__ = ["distribution", "gap_distribution", "timeline"]
