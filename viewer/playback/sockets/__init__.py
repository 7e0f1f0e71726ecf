"""Recorded WebSocket sessions, played to a real client."""
