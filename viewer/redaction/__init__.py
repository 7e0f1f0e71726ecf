"""What must not leave."""
