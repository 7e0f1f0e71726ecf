"""What is wrong with the recordings of a repository: rules, what they find, and the settings that switch them."""
