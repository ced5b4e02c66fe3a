"""One folder per page, named as in the navigation; each has its model (decides) and its page (draws)."""
