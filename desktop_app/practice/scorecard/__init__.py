"""How well an installed model does by five standards, measured with the task sets of resources/scorecard/.

scorecard.py says what was measured, running.py measures it, figures.py makes the figures, words.py says what they are worth.
"""
