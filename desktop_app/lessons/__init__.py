"""Lessons: Markdown files with quizzes and practice exercises, their checks, scoring and paths.

Start at lesson.py for what a lesson is and parse.py for how a file becomes one.
"""
