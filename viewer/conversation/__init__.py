"""What was asked and answered: requests and responses as conversations, and the calls of an agent."""
