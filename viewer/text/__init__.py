"""Recorded values as text, read and written safely."""
