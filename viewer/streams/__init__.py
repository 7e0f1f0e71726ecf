"""One recorded file, opened: its streams and its answers."""
