"""Written after the second round: recall of context was 0.55 here. Used to improve it, so held out no more."""

from __future__ import annotations

from .labelled import labelled

THIRD = (
    labelled("Rewrite the reminder so it sounds firm but polite. The customer has paid late twice. Two short paragraphs.\n\nReminder:\n\"\"\"\nPay now.\n\"\"\"", "task", "context", "format", "material"),
    labelled("email to landlord about heating"),
    labelled("Draft an email to our landlord. The heating in the workshop has been off since Tuesday and three people are ill.", "task", "context"),
    labelled("Explain VAT"),
    labelled("Explain in one paragraph how reverse charge works, using the invoice below.\n\n[invoice]\nNet 1,000 EUR, reverse charge applies.\n[/invoice]", "task", "format", "material"),
    labelled("Make a packing list for a two-day trade fair in Lyon with a small booth; our team has never been to one.", "task", "context", "format"),
    labelled("I don't know what to write here"),
    labelled("Find contradictions between these two rules and quote both sentences.\n\nRule 1: Badges are worn at all times.\nRule 2: No badge is needed in the canteen.", "task", "material"),
    labelled("How would a lawyer summarise this clause? Use at most 40 words.\n\n“The supplier shall indemnify the buyer against all third-party claims.”", "task", "format", "material"),
    labelled("good morning! quick one: presentation tomorrow, 10 slides, need magic", ),
    labelled("Suggest names for our podcast about repairing things. Listeners are hobbyists over fifty. Give me eight, none longer than three words.", "task", "context", "format"),
    labelled("Convert the recipe to metric units and return it as a table.\n\nRecipe:\n2 cups flour, 1 stick butter", "task", "format", "material"),
    labelled("Which risks does this plan overlook? My manager decides on it on Thursday.\n\nPlan: move all servers in one night without a test.", "task", "context", "material"),
    labelled("hello"),
    labelled("Our shop in Bern will open at nine instead of eight from June. Write the notice for the door in 25 words.", "task", "context", "format"),
    labelled("Fix grammar: me and him was at the depot", "task"),
    labelled("Interview questions"),
    labelled("Prepare six interview questions for a night-shift nurse. Each one must be answerable in a minute.", "task", "context", "format"),
    labelled("Describe the picture in an alt text of no more than 100 characters.\n\nPicture: two people unload a van in the rain.", "task", "format", "material"),
    labelled("The minutes are attached. Thanks."),
    labelled("Count how often each product is named in the reviews and sort by frequency.\n\n***\nLamp great. Lamp broke. Tent ok.\n***", "task", "material"),
    labelled("Help! The boss wants numbers."),
    labelled("Erstelle einen Dienstplan als Tabelle: Spalten Tag, Früh, Spät. Zwei Kräfte sind diese Woche im Urlaub.", "task", "context", "format"),
    labelled("Mach das mal schöner"),
    labelled("Warum lehnt der Kunde ab? Antworte in einem Satz.\n\nMail des Kunden: Der Preis passt, die Lieferzeit nicht.", "task", "format", "material"),
    labelled("Vereinfache den Absatz für Besucher, die kaum Deutsch sprechen.\n\n\"\"\"\nDas Betreten der Anlage ist nur mit Schutzhelm gestattet.\n\"\"\"", "task", "context", "material"),
    labelled("Text für Instagram"),
    labelled("Schlage fünf Überschriften für den Jahresbericht vor, je höchstens acht Wörter. Leser sind unsere Mitglieder.", "task", "context", "format"),
    labelled("Was ist der Unterschied zwischen Angebot und Kostenvoranschlag?", "task"),
    labelled("Übertrage die Notiz in Aufgaben: je Person eine Zeile.\n\nNotiz vom Montag: Mira bucht den Raum, Jonas holt die Zelte.", "task", "format", "material"),
    labelled("Kannst du mir bei Excel helfen??"),
    labelled("Unser Lager zieht im März nach Freiburg um. Schreiben Sie eine Mitteilung an alle Lieferanten mit neuer Adresse und Stichtag, maximal 80 Wörter.", "task", "context", "format"),
    labelled("Streiche alles, was nicht aus der Quelle stammt.\n\nQuelle: Der Hof ist ab 6 Uhr offen.\nEntwurf: Der Hof ist ab 6 Uhr offen und bewacht.", "task", "material"),
    labelled("Wichtig: dringend!! Angebot Müller??"),
)  # fmt: skip
