"""What a recording answers to a client: a server that plays recorded responses at their recorded speed."""
