"""Violations in the formats that programs read."""
