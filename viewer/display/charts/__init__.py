"""Plotly figures of streams and libraries."""

from viewer.display.charts.distribution import distribution
from viewer.display.charts.timeline import timeline
from viewer.display.charts.tokens import token_sunburst

__all__ = ["distribution", "timeline", "token_sunburst"]
