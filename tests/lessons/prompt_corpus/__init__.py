"""Prompts as people write them, good and careless, with what a careful reader finds in each."""
