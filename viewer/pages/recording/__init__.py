"""The page of one recording: its calls, its head, its deck and its inspector."""
