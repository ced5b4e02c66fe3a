"""Learn: Paths, and the reader with quizzes and exercises.

model.py decides what is shown, page.py draws it.
"""
