"""Exercises inside a lesson that count towards its score."""
