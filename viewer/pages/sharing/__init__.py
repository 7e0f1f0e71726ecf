"""Sharing a recording: downloads, a preview, and pages published by this server."""
