"""What was asked, what was sent, and what clients did then."""
