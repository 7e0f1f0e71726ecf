"""The pytest plugin: fixtures for tests of programs that call language models. pytest loads it by its entry point."""
