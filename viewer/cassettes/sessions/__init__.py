"""Sessions of agents: files in which a program wrote down, line by line, what its models, tools and users did."""
