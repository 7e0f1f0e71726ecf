"""The recording proxy: forwards what a client sends, and writes what comes back with the time of every event."""
