"""What is made of the session of an agent: when models worked and tools ran, what it cost, and which session requests tell."""
