"""Written after the first cues were fixed: recall of context was 0.42 here. Used to improve them, so held out no more."""

from __future__ import annotations

from .labelled import labelled

SECOND = (
    labelled("Write a LinkedIn post about our new bike trailer", "task"),
    labelled("Turn the bullet points into a friendly reply. The customer waited three weeks and is annoyed. No more than 120 words.\n\n- trailer ships Tuesday\n- refund of shipping", "task", "context", "format"),
    labelled("Summarise", ),
    labelled("tell me everything about gdpr", "task"),
    labelled("Which of these suppliers delivers fastest?\n\n<<<\nAlpha: 5 days\nBeta: 3 days\n>>>", "task", "material"),
    labelled("You help a small shop answer its post. Reply to this message in the shop's voice, four sentences at most.\n\nMessage from customer:\nMy tent has a hole and I leave on Saturday.", "task", "context", "format", "material"),
    labelled("Budget 2027??"),
    labelled("Proofread the paragraph and list every change you made.\n\nParagraph: \"Their going too the depot tomorow.\"", "task", "material"),
    labelled("I'd like a speech for my boss's 60th birthday, funny but not rude, about two minutes long.", "context", "format"),
    labelled("Could you put these dates into chronological order?\n\n4 June, 12 March, 30 May, 1 January", "task"),
    labelled("Generate test cases for the login form. Output a numbered list; each item has a step and an expected result.", "task", "format"),
    labelled("As an HR manager I have to tell 40 people that the canteen closes. Draft the announcement in plain language, 90 words.", "task", "context", "format"),
    labelled("why is the sky blue", ),
    labelled("What does “net 30” mean on an invoice? Explain it to an apprentice in their first week using one example.", "task", "context", "format"),
    labelled("Classify each ticket as bug, question or wish. Return CSV with id and class.\n\nTickets:\n```\n17 the app crashes\n18 can it export\n```", "task", "format", "material"),
    labelled("We sent the wrong size to twelve customers last week. What should the apology contain? Give five bullets.", "task", "context", "format"),
    labelled("hey there, got a sec? need help asap with my presentation!!!"),
    labelled("Improve the wording below, it goes to the works council on Monday.\n\n===\nThe shift starts at 6.\n===", "task", "context", "material"),
    labelled("The customer says the lamp flickers. The customer says he called twice. The customer wants a new lamp."),
    labelled("Act as a sceptical buyer and name the three weakest claims in this product text:\n\n«Our pump never fails, saves half your energy and installs itself.»", "task", "context", "format", "material"),
    labelled("Do better"),
    labelled("Shorten it to a tweet.\n\nOriginal: We are proud to announce that the repair shop will open its doors again in May.", "task", "format", "material"),
    labelled("Sammle Argumente für und gegen Gleitzeit in einer Tabelle mit zwei Spalten. Wir sind ein Betrieb mit 30 Leuten, der im Schichtdienst arbeitet.", "task", "context", "format"),
    labelled("brauche text für homepage"),
    labelled("Prüfe, ob der Brief höflich klingt. Antworte mit Ja oder Nein und einem Grund.\n\nBrief:\nZahlen Sie sofort, sonst klagen wir.", "task", "format", "material"),
    labelled("Gib mir Infos zum Datenschutz", "task"),
    labelled("Liste alle Termine aus der Mail auf, je Zeile einen, weil ich sie in den Kalender übertragen will.\n\n>>>\nWir treffen uns am 3. Mai und am 9. Juni.\n<<<", "task", "context", "format", "material"),
    labelled("Wie lange dauert die Lieferung laut diesem Angebot?\n\n<angebot>Lieferzeit: drei Wochen ab Bestellung.</angebot>", "task", "material"),
    labelled("Können Sie den Vertragstext für jemanden ohne Jurastudium in einfacher Sprache zusammenfassen? Höchstens fünf Sätze.\n\n'''\nDie Haftung ist auf Vorsatz beschränkt.\n'''", "task", "context", "format", "material"),
    labelled("Protokoll von gestern, bitte schön machen"),
    labelled("Entwirf eine Absage an einen Lieferanten, mit dem wir seit zehn Jahren arbeiten. Er soll sich ernst genommen fühlen.", "task", "context"),
    labelled("Unser Drucker druckt nicht. Kollegin krank. Chef will Bericht."),
    labelled("Nenne drei Fragen, die ein Bewerber stellen könnte, und je eine Antwort in einem Satz.", "task", "format"),
    labelled("Ordne die Ausgaben den Kategorien Reise, Büro und Werbung zu. Ausgabe als JSON.\n\nAusgaben: Bahnticket 49, Toner 80, Flyer 120", "task", "format", "material"),
)  # fmt: skip
