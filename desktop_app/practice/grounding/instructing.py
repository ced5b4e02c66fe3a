"""Sentences of a document that give orders to a model instead of telling people something. English and German.

They are found by their wording, so some will pass. Quoting does not obey them whatever they say; this keeps them from
being quoted as an answer and from being shown to a model that writes in its own words.
"""

from __future__ import annotations

from desktop_app.guard.patterns import Pattern

_TALKS_TO_A_MODEL = Pattern(
    r"""
    \b(?:ignore|disregard|forget|override|bypass)\b.{0,60}\b(?:instruction|rule|prompt|direction|guideline|order|policy|policies|
        everything|previous|above|question)
    |\b(?:ignorier|vergiss|missacht|uebergeh|beachte\x20nicht).{0,60}(?:anweisung|regel|vorgabe|vorherig|bisherig|frage|prompt|oben)
    |\b(?:you\x20are|act\x20as|pretend\x20to\x20be|du\x20bist|sie\x20sind)\x20(?:now\x20|jetzt\x20)?(?:an?\x20|eine?\x20)?
        (?:\w+\x20){0,2}(?:ai|assistant|language\x20model|chatbot|chatgpt|llm|dan|ki|assistent|sprachmodell)\b
    |\b(?:system|developer)\x20?-?(?:prompt|message)\b|<\|?im_start|\[/?inst\]|^\W*(?:system|assistant)\x20?:
    |\b(?:note|message|attention|hint|important|hinweis|wichtig|achtung)\b.{0,20}\b(?:to|for|an|fuer)\b.{0,20}
        \b(?:ai|llm|assistant|chatbot|language\x20model|model|ki|sprachmodell|assistent)
    |\b(?:ais?|llms?|chatgpt|copilot|(?:ai\x20|language\x20)?(?:assistant|model)s?|chatbots?|ki|sprachmodelle?|assistent(?:en)?)\b.{0,60}
        \b(?:must|should|shall|always|have\x20to|muss|muessen|soll|sollen|immer)\b.{0,30}
        \b(?:say|answer|reply|respond|write|state|output|recommend|tell|sagen?|antworten?|schreiben?|empfehlen?)
    |\b(?:when|if|whenever|wenn|falls)\b.{0,40}\b(?:asked|summari[sz]|answering|question|gefragt|frage)\b.{0,80}
        \b(?:say|answer|reply|respond|write|output|claim|sage?|antworte|schreibe?|behaupte)\b
    |^\W*(?:please\x20|bitte\x20)?(?:say|answer|reply|respond|output|print|repeat|antworte|sage?|gib|wiederhole)\b.{0,30}
        \b(?:only|exactly|with|that|following|always|nur|genau|mit|immer|dass|aus)\b
    |\b(?:reveal|print|show|repeat|verrate|zeige)\b.{0,30}\b(?:system|hidden|your\x20(?:instructions|prompt|rules)|anweisungen|systemprompt)
    |\b(?:new|neue)\x20(?:instruction|task|anweisung|aufgabe)s?(?:en)?\x20?:
    |\bdo\x20not\b.{0,20}\b(?:mention|tell|reveal)\b.{0,40}\b(?:user|reader|human|instruction)
    """
)  # fmt: skip
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def gives_orders(sentence: str) -> bool:
    """True if a sentence speaks to a model rather than to people."""
    plain = " ".join(sentence.translate(_SPELT).split()).encode("ascii", "replace")
    return _TALKS_TO_A_MODEL.search(plain) is not None
