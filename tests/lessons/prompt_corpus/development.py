"""The half the checks were tuned on. Labels were set by reading, before the checks ran."""

from __future__ import annotations

from .labelled import labelled

DEVELOPMENT = (
    labelled("Write something about our meeting.\n\nNote: Mira books the room for Tuesday. Jonas brings the tents.", "material"),
    labelled('Write one line for each person: name, task, day.\n\nNote:\n"""\nMira books the room for Tuesday.\n"""', "task", "format", "material"),
    labelled("Summarise the text below in two sentences for colleagues in the warehouse who were not there.\n\n###\nThe ramp is closed until Friday because it is being rebuilt.\n###", "task", "context", "format", "material"),
    labelled("meeting summary"),
    labelled("Please be so kind as to help me with these complaints"),
    labelled("Sort these complaints into delivery, product and billing.\n\n1. The box was torn.\n2. I was charged twice.", "task"),
    labelled("What is the notice period in this contract?\n\n<contract>\nEither side may end it with four weeks' notice.\n</contract>", "task", "material"),
    labelled("I am a team leader in customer support. Draft a reply to the complaint below that offers a replacement, at most 80 words.\n\nComplaint: The stove arrived with a bent burner.", "task", "context", "format", "material"),
    labelled("Complaints: analysis, insights, next steps"),
    labelled("Hi, I need some stuff for the website, thanks"),
    labelled("Explain what a token is to someone who has never used such a tool, in plain words and three sentences.", "task", "context", "format"),
    labelled("List five subject lines for our spring newsletter.", "task", "context", "format"),
    labelled("Translate into German:\n\n“Please send the invoice to the new address from 1 June.”", "task", "material"),
    labelled("can you do the thing with the numbers again but better"),
    labelled("Extract date, place and host from the invitation. Answer as JSON with the keys date, place, host.\n\nInvitation:\n```\nHarriet invites you to the depot in Freiburg on 4 June.\n```", "task", "format", "material"),
    labelled("Give me ideas", "task"),
    labelled("Compare both offers in a table with the columns price, delivery time and warranty. We have to choose by Friday and price matters most to us.\n\nOffer A: 900 EUR, 3 weeks, 2 years\nOffer B: 1,050 EUR, 1 week, 3 years", "task", "context", "format", "material"),
    labelled("Our printer is broken again and nobody in the office knows who looks after it since Ruth left in spring.", "context"),
    labelled("Is this notice friendly enough? Answer yes or no and name the one word you would change.\n\n\"\"\"\nLeave the kitchen clean.\n\"\"\"", "task", "format", "material"),
    labelled("You are an experienced trainer. Create a checklist with ten items so that new colleagues find their way on the first day.", "task", "context", "format"),
    labelled("Make it shorter", "task"),
    labelled("The delivery entrance at the Freiburg warehouse is closed from Monday 2 March to Wednesday 4 March because the ramp is being rebuilt."),
    labelled("Fasse den Text in drei Sätzen zusammen, damit das Lager weiß, was zu tun ist.\n\nText:\n\"\"\"\nDie Rampe ist bis Freitag gesperrt.\n\"\"\"", "task", "context", "format", "material"),
    labelled("Schreib mal was über unser Sommerfest"),
    labelled("Kürze den Aushang auf einen Satz.\n\nAushang: Die Kantine bleibt am Freitag geschlossen, weil der Boden erneuert wird.", "task", "format", "material"),
    labelled("Bitte nennen Sie die drei häufigsten Gründe aus den Rückmeldungen unten als Stichpunkte.\n\n<rueckmeldungen>\nZu spät. Zu klein. Falsche Farbe.\n</rueckmeldungen>", "task", "format", "material"),
    labelled("Zusammenfassung Besprechung"),
    labelled("Welche Frist steht in diesem Vertrag?\n\nVertrag: Kündigung mit vier Wochen Frist.", "task", "material"),
    labelled("Ich bin Ausbilderin in einer Spedition. Erkläre neuen Auszubildenden, was ein Frachtbrief ist, in höchstens 100 Wörtern.", "task", "context", "format"),
    labelled("Hallo, könntest du mir bitte bei der E-Mail helfen? Danke!"),
    labelled("Übersetze den folgenden Satz ins Englische: „Die Lieferung kommt am Montag.“", "task", "material"),
    labelled("Erstelle eine Tabelle mit Name, Aufgabe und Termin für unser Projektteam aus dieser Notiz:\n\nMira bucht den Raum bis Dienstag, Jonas bringt die Zelte.", "task", "context", "format"),
    labelled("Formuliere die Absage freundlicher, denn der Bewerber war schon zweimal hier.\n\n---\nLeider können wir Ihnen keine Stelle anbieten.\n---", "task", "context", "material"),
    labelled("Rewrite this so that a customer without technical knowledge understands it. Keep it to one paragraph.\n\nText: The SSO handshake fails due to clock skew.", "task", "context", "format", "material"),
)  # fmt: skip
