"""When each chunk arrived, how well that is known, and how fast the stream was."""
