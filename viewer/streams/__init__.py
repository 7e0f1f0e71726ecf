"""One recorded file, opened: its streams and answers."""
