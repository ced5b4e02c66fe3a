"""The words by which prompt_checks finds the parts of a prompt, English and German. Only data.

Patterns are RE2 and ignore case. They read the request alone: what stands between marks is the material, not a cue.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Verbs whose result can be seen, as one writes them to somebody ("List …", "Fasse …", "Fassen Sie …").
VERBS = _words(
    "add adapt adjust analyse analyze answer arrange assess brainstorm calculate categorise categorize change check "
    "choose classify clean collect combine compare complete compose condense convert correct count create cut decide define "
    "delete describe design develop distinguish divide draft draw edit estimate evaluate expand explain extract fill find "
    "finish fix formulate generate give group highlight identify improve include indicate invent list make mark match merge "
    "name number order outline paraphrase phrase pick plan point polish prepare produce proofread propose prove provide "
    "quote rank rate read rearrange recommend remove rephrase replace reply report respond return review rewrite "
    "put rank remind reorder role-play schedule sketch rework say score select separate shorten show simplify solve sort spell split state structure suggest sum summarise "
    "summarize tell test transform translate turn underline update verify weigh write "
    "beantworte berichte betone dichte drehe entferne erfinde fülle führe hebe sammle sammeln spiele stelle trage überprüfe überlege verbinde verwende "
    "verkürze vervollständige wandle werte ziehe zitiere analysiere analysieren antworte antworten ändere ändern arbeite bearbeite begründe berechne beschreib beschreibe "
    "beschreiben beurteile bewerte bewerten bilde definiere ergänze ergänzen erklär erkläre erklären erläutere erläutern "
    "ermittle erstell erstelle erstellen erzähl erzähle extrahiere fass fasse fassen finde finden formuliere formulieren "
    "gib geben gliedere gliedern gruppiere gruppieren entferne entfernen entscheide entwirf entwerfen entwickle korrigiere "
    "korrigieren kürze kürzen leite liste listen mach mache machen markiere markieren nenn nenne nennen notiere ordne ordnen "
    "plane prüf prüfe prüfen sag sage schlag schlage schlagen schreib schreibe schreiben sortiere sortieren stell stelle "
    "stellen streich streiche such suche suchen teil teile teilen trenne überarbeite überarbeiten übersetz übersetze "
    "übersetzen übertrage unterscheide vereinfache vereinfachen verbessere verbessern verfass verfasse verfassen vergleich "
    "vergleiche vergleichen wähl wähle wandle zähl zähle zeig zeige zeigen zerlege ersetze ersetzen"
)

# German also puts the verb last: "Den Text in einem Satz zusammenfassen".
LAST_VERBS = _words(
    "analysieren auflisten beantworten beschreiben bewerten einordnen erklären ergänzen erstellen extrahieren formulieren "
    "gliedern heraussuchen korrigieren kürzen nennen ordnen prüfen schreiben sortieren umformulieren übersetzen "
    "überarbeiten vereinfachen verbessern verfassen vergleichen vorschlagen zusammenfassen"
)

# A number right behind one of these says how many are wanted: "Name the three weakest claims".
MAKERS = (
    "list|name|give|write|suggest|find|generate|create|propose|draft|pick|choose|produce|show|nenne|nennen sie|gib|finde|"
    "liste|formuliere|schreibe?|schlage|entwirf|erstelle|sammle|wähle|zeige|brainstorm|invent|make"
)

# A sentence with one of these says how the answer should be, not how things are.
ORDERS = _words(
    "should must shall soll sollen sollte muss müssen darf möchte brauche want need needs like would avoid each every only "
    "answer answers result output response antwort ergebnis ausgabe jede jeder jedes je nur vermeide thanks thank danke help "
    "use using don't not no longer keep maximum max höchstens maximal"
)

# After these a verb leaves open what: "Write something", "Schreib mal was".
VAGUE = _words("something anything stuff things thing whatever somewhat etwas was irgendwas irgendetwas sachen")
PARTICLES = _words("a an the some me us it mal mir uns doch bitte please just einfach kurz eben")

# What may stand before the verb of a request.
LEAD_INS = (
    "please", "bitte", "now", "then", "next", "first", "finally", "also", "and", "und", "dann", "jetzt", "zuerst", "danach",
    "hi", "hello", "hallo", "kindly", "can you", "could you", "would you", "will you", "kannst du", "könntest du",
    "würdest du", "können sie", "könnten sie", "würden sie", "i want you to", "i need you to", "i would like you to",
    "i'd like you to", "your task is to", "your job is to", "help me to", "help me", "hilf mir", "mir", "du sollst", "sie sollen",
    "task:", "aufgabe:", "your task:", "deine aufgabe:", "goal:", "ziel:", "step 1:", "only", "briefly", "kindly", "you should",
)  # fmt: skip
ASKS_SOMEBODY = (
    "can you",
    "could you",
    "would you",
    "will you",
    "kannst du",
    "könntest du",
    "können sie",
    "könnten sie",
)

QUESTION_WORDS = _words(
    "what which who whom whose when where why how is are was were does do did has have had can could should would will may "
    "was welche welcher welches welchen welchem wer wem wen wann wo wohin woher warum weshalb wieso wie wieviel wieviele "
    "worauf woran worum ist sind war hat haben kann können soll sollte muss darf gibt steht stimmt passt enthält"
)

_AUDIENCE = (
    "anybody|anyone|apprentices?|audience|beginners?|board|boss|children|clients?|colleagues?|crew|customers?|directors?|employees?|everyone|experts?|guests?|interns?|jury|lawyers?|"
    "leaders?|managers?|members?|newcomers?|parents?|partners?|patients?|people|readers?|somebody|someone|staff|students?|"
    "suppliers?|teams?|users?|visitors?|warehouse|trainees?|voters?|works council|workers?"
)
_ANSEHEN = (
    "Abteilung\\w*|Betriebsrat\\w*|jemanden?|Anfänger\\w*|Auszubildende\\w*|Azubis?|Besucher\\w*|Bewerber\\w*|Chef\\w*|Eltern|Gäste\\w*|Kinder\\w*|"
    "Kolleg\\w+|Kund\\w+|Laien|Leser\\w*|Leute\\w*|Lieferant\\w*|Menschen|Mitarbeit\\w+|Mitglieder\\w*|Nutzer\\w*|"
    "Schüler\\w*|Team\\w*|Vorstand\\w*|Lager\\w*"
)

CONTEXT = (
    rf"\bfor (?:(?:our|my|their|your|his|her|the|a|an|new|all|any|some|two|three|young|busy)\s)*(?:[\w'’-]+\s){{0,2}}(?:{_AUDIENCE})\b",
    r"\bfor an? (?:[\w'’-]+ ){0,3}[\w'’-]+",
    r"\bfür (?:einen?|den|das|unseren?|meinen?|ein) (?:[\w-]+ ){0,2}[\w-]+",
    r"\bfor (?:our|my|their) [\w'’-]+(?: [\w'’-]+){0,3}",
    rf"\bto (?:my|our|a|an|the|all|new) (?:[\w-]+ ){{0,2}}(?:{_AUDIENCE})\b",
    r"\bto (?:someone|somebody|people|anyone|colleagues|customers) (?:who|without|with|in)\b(?: [\w'’-]+){0,4}",
    r"\b(?:so that|because|in order to|given that)(?: [\w'’-]+){1,6}",
    r"\bas an? [\w-]+(?: [\w-]+)? (?:i|we)\b(?: [\w'’-]+){0,5}",
    r"\bals [\w-]+ (?:muss|möchte|will|habe|bin|soll) ich\b(?: [\w-]+){0,4}",
    r"\bsince (?:we|they|i|he|she|it|the|our|my|[A-Z]\w+) \w+(?: [\w'’-]+){0,4}",
    r"\b(?:people|colleagues|customers|someone|somebody|those|employees|readers|team|clients|beginners) who(?: [\w'’-]+){1,5}",
    r"\bi(?:'m|’m| am) (?:a|an|the|in|new|writing|preparing|planning|working|responsible)\b(?: [\w'’-]+){0,5}",
    r"\bi (?:work|lead|run|manage|teach|sell)\b(?: [\w'’-]+){0,5}",
    r"\bwe(?:'re|’re| are| have| must| plan| sell| work| run| offer| build| want| moved?| changed?)\b(?: [\w'’-]+){1,5}",
    r"\byou are (?:a|an|my|our|the)\b(?: [\w'’-]+){1,5}",
    r"\b(?:act as|imagine)\b(?: [\w'’-]+){1,5}",
    r"\b(?:audience|target group|purpose|background|context|occasion|situation)\b(?:(?: is|:)?(?: [\w'’-]+){0,5})",
    rf"\bfür (?:(?:unser\w*|mein\w*|ihr\w*|die|den|das|alle|neue\w*|ein\w*|junge\w*)\s)*(?:\w+e\w? )?(?:{_ANSEHEN})\b",
    r"\bfür (?:unser|mein)\w*(?: [\w-]+){1,3}",
    rf"\ban (?:(?:unser\w*|mein\w*|die|den|das|alle|neue\w*|ein\w*)\s)*(?:{_ANSEHEN})\b",
    rf"\b(?:unseren|meinen|neuen|allen|jungen|den) (?:\w+en )?(?:{_ANSEHEN})\b",
    r"\b(?:damit|weil|sodass|so dass|, denn)\b(?: [\w-]+){1,6}",
    r"\bda (?:wir|ich|sie|er|es|der|die|das|unser\w*)\b(?: [\w-]+){1,6}",
    r"\b(?:ich bin|wir sind|ich arbeite|ich leite|wir haben|wir müssen|wir wollen|wir planen|wir ziehen|wir verkaufen)\b(?: [\w-]+){1,5}",
    r"\b(?:du bist|sie sind) ein\w*(?: [\w-]+){1,4}",
    r"\b(?:zielgruppe|hintergrund|kontext|anlass|zweck|situation)\b(?:(?: ist|:)?(?: [\w-]+){0,5})",
)

_NUMBER = r"(?:\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|a single|each)"
_UNIT = (
    r"(?:sentences?|words?|bullets?|bullet points?|points?|lines?|paragraphs?|items?|rows?|columns?|steps?|characters?|"
    r"headlines?|headings?|options?|ideas?|examples?|questions?|pages?|suggestions?|titles?|tips|variants?|versions?|slides?)"
)
_SEVERAL = r"(?:\d{1,4}|two|three|four|five|six|seven|eight|nine|ten|twelve|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf)"
_ZAHL = r"(?:\d{1,4}|eine?[mnrs]?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|zwanzig)"
_EINHEIT = (
    r"(?:Satz|Sätzen?|Wörtern?|Worten?|Zeilen?|Absatz|Absätzen?|Stichpunkten?|Punkten?|Spalten?|Schritten?|Zeichen|Ideen?|"
    r"Betreffzeilen?|Vorschlägen?|Vorschläge|Beispielen?|Überschriften?|Fragen|Seiten?|Varianten?|Titel|Tipps)"
)
_SHAPE = (
    r"(?:table|list|bullet points|bullets|json|csv|markdown|check-?list|outline|faq|yaml|xml|dialogue|tabelle|liste|"
    r"stichpunkten?|aufzählung|checkliste|fließtext|gliederung)"
)

FORMAT = (
    rf"\b{_NUMBER} (?:[a-z-]+ ){{0,2}}{_UNIT}\b",
    rf"\b{_ZAHL} (?:[a-zäöüß]+ ){{0,2}}{_EINHEIT}\b",
    rf"\b(?:as|in|into|to|als|in) (?:a |an |einer |eine |einem )?(?:[\w-]+ ){{0,2}}{_SHAPE}\b",
    rf"\b{_SHAPE} (?:with|of|mit|aus)\b",
    rf"\b(?:{MAKERS}) (?:me |us |mir |uns )?(?:the |die |exactly |genau |up to |at most |höchstens )?{_SEVERAL}(?: [\w-]+){{1,3}}",
    rf"\b(?:about |at most |under |max\.? |höchstens |etwa )?(?:{_NUMBER}|{_ZAHL}|half an?) (?:minutes?|seconds?|hours?|minuten?|sekunden) (?:long|lang|speech|talk|read)\b",
    r"\b(?:to|as|into|in|als) (?:a |an |one |einen? |einem )?(?:tweet|headline|haiku|poem|rhyme|slogan|gedicht|schlagzeile|email subject|subject line|betreffzeile|one-pager)\b",
    r"\b(?:bullet points|bulleted list|numbered list|nummerierte \w*liste|nummerierte liste|stichpunkt\w*|aufzählung)\b",
    r"\b(?:with|in) the (?:columns|keys|headings|fields|form)\b(?: [\w-]+)?",
    r"\bmit den (?:spalten|feldern|schlüsseln|überschriften)\b",
    r"\b(?:yes or no|ja oder nein)\b",
    r"\b(?:answer|reply|respond) (?:only )?with\b(?: [\w-]+){0,3}",
    r"\b(?:antworte|antworten sie) (?:nur )?mit\b(?: [\w-]+){0,3}",
    r"\b(?:give|return|write|name|print|output|show|nenne|gib|schreibe?|nennen sie) (?:me |mir )?(?:only|just|nur)\b(?: [\w-]+){0,3}",
    r"\b(?:format|form|length|länge|umfang|output|ausgabe)\s?:",
    r"\b(?:one per|per line|je zeile|pro zeile|one line for|eine zeile für)\b(?: [\w-]+)?",
)

# A label at the start of a line that says: from here on it is material.
LABELS = (
    r"text|texts|note|notes|notice|e-?mail|mail|message|source|sources|document|data|input|article|minutes|transcript|review|"
    r"reviews|complaint|complaints|material|contract|invitation|report|letter|feedback|answers|comment|comments|draft|original|"
    r"paragraph|post|offer|offers|offer [a-z0-9]|advert|list|call|ticket|question|code|nachricht|notiz|notizen|hinweis|quelle|dokument|"
    r"daten|artikel|protokoll|rezension|beschwerde|beschwerden|aushang|meldung|vertrag|einladung|bericht|brief|rückmeldung|"
    r"rückmeldungen|entwurf|kommentar|angebot|angebot [a-z0-9]|anzeige|beitrag|satz|abschnitt|liste|anfrage|rechnung|invoice|"
    r"enquiry|inquiry|sentence"
)

# Labels of the request itself.
INSTRUCTIONS = _words(
    "task your role goal context format form length output example audience tone style step steps rules background "
    "instructions instruction important hint purpose aufgabe deine rolle ziel kontext länge beispiel ausgabe zielgruppe ton "
    "stil schritt regeln hintergrund wichtig hinweise anlass zweck please bitte dear hi hello hallo situation umfang limit"
)
