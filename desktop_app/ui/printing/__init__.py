"""Pages for paper: painted once, for the screen and for PDF files alike."""
