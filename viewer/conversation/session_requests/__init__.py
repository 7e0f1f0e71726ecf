"""What a call of a session was given, read from the lines that each program writes."""
