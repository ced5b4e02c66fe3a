"""Written after the cues were finished, and never used to change them: what it shows is what to expect."""

from __future__ import annotations

from .labelled import labelled

HELD_OUT = (
    labelled("Draft three tweets about our repair café. Readers know us already; the news is the longer opening hours.", "task", "context", "format"),
    labelled("newsletter text pls"),
    labelled("Edit this for tone. It goes to a supplier who let us down badly last month.\n\n\"\"\"\nWe are disappointed.\n\"\"\"", "task", "context", "material"),
    labelled("Tell me which invoices are overdue on 1 July.\n\nInvoices:\nA, due 12 June\nB, due 3 July", "task", "material"),
    labelled("I think the text is too long, maybe you can do something"),
    labelled("Summarise the article below for a busy director. Three bullet points, each under 15 words.\n\n<article>\nThe port reopened after the strike ended.\n</article>", "task", "context", "format", "material"),
    labelled("Where in this policy does it say who pays for parking?\n\nPolicy: Travel is booked by the office. Parking is paid by the traveller.", "task", "material"),
    labelled("Write a poem", "task"),
    labelled("Write a limerick of five lines for Petra's farewell. She ran the front desk for twelve years and hated Mondays.", "task", "context", "format"),
    labelled("Return the phone extension of each person as JSON.\n\n```\nMira 12, Jonas 34\n```", "task", "format", "material"),
    labelled("asdf"),
    labelled("Customer angry. Refund? Replacement? Discount?"),
    labelled("Propose a subject line. The mail announces that parking costs money from May, and people will not like it.", "task", "context"),
    labelled("Group the feedback by topic and put the most frequent topic first.\n\nFeedback:\n\"\"\"\nToo loud. Too cold. Too loud.\n\"\"\"", "task", "material"),
    labelled("Is the following sentence true according to the source? Reply with true or false.\n\nSource: The gate closes at 17:00.\nSentence: The gate closes at 7.", "task", "format", "material"),
    labelled("Role: editor. Task: cut the text by half. Audience: new volunteers. Text: “We would like to take this opportunity to thank you all very much.”", "task", "context", "format", "material"),
    labelled("My computer is slow since the update"),
    labelled("Create a quiz with four questions about fire safety, one right answer each. It is for temporary staff on their first shift.", "task", "context", "format"),
    labelled("Thanks, looks good, but not quite what I had in mind"),
    labelled("Rank these locations by distance from Basel and say nothing else: Bern, Lyon, Freiburg.", "task", "format"),
    labelled("Complete this sentence in ten words: “Our workshop is open again because”", "task", "format", "material"),
    labelled("Give feedback on my cover letter. I am applying as a paramedic after a five-year break.\n\n---\nDear team, I write to apply.\n---", "task", "context", "material"),
    labelled("Verfasse eine Einladung zum Betriebsausflug. Wir fahren am 12. Juni mit dem Bus an den See, Partner sind willkommen.", "task", "context"),
    labelled("Rechnung prüfen", "task"),
    labelled("Idee für Geschenk?"),
    labelled("Suche die Fristen aus dem Schreiben heraus und gib sie als Liste mit Datum aus.\n\nSchreiben:\n\"\"\"\nWiderspruch bis 4. Mai, Zahlung bis 9. Mai.\n\"\"\"", "task", "format", "material"),
    labelled("Erkläre mir den Unterschied zwischen brutto und netto, als wäre ich zwölf.", "task", "context"),
    labelled("Ich möchte, dass du die Beschwerde in zwei Sätzen beantwortest. Der Kunde ist seit Jahren treu.\n\nBeschwerde: Die Lampe flackert schon wieder.", "task", "context", "format", "material"),
    labelled("Kannst du die Liste alphabetisch sortieren?\n\nZelt, Lampe, Kocher, Seil", "task"),
    labelled("Bitte um Rückruf."),
    labelled("Wandle den Text in einfache Sprache um, kurze Sätze mit höchstens acht Wörtern. Gelesen wird er von Menschen, die gerade Deutsch lernen.\n\nText: Die Inanspruchnahme der Leistung bedarf der Genehmigung.", "task", "context", "format", "material"),
    labelled("irgendwas mit KI für den Chef"),
    labelled("Welche drei Argumente sprechen gegen das Angebot? Wir müssen am Freitag entscheiden.\n\n<angebot>Preis 900 Euro, Lieferung in zehn Wochen</angebot>", "task", "context", "format", "material"),
    labelled("Unser Aushang hat einen Fehler. Berichtige ihn.\n\nAushang: Der Hof ist am Montag und am Dinstag gesperrt.", "task", "context", "material"),
)  # fmt: skip
