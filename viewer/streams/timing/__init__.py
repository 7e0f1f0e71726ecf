"""When each chunk came, how that is known, and how fast it was."""
