"""One HTML page that can be sent to anyone."""
