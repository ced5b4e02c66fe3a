"""Words as the documents' index holds them: folded, with English and German endings taken off; and which ones mean alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from desktop_app.guard.stop_words import NUMBERS, STOP_WORDS
from desktop_app.prompts.query import plain

_TOKEN = re.compile(r"\d+(?:[.,'’]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_ENDINGS = (
    ("ations", 4), ("ation", 4), ("ements", 4), ("ement", 4), ("ments", 4), ("ment", 4), ("ungen", 4), ("nesses", 4),
    ("ness", 4), ("ingly", 4), ("heiten", 4), ("keiten", 4), ("lichen", 4), ("liche", 4), ("ances", 4), ("ance", 4),
    ("ences", 4), ("ence", 4), ("ings", 3), ("ing", 3), ("edly", 4), ("heit", 4), ("keit", 4), ("lich", 4), ("ung", 4),
    ("ees", 4), ("ee", 4), ("ies", 3), ("ied", 3), ("ern", 4), ("als", 4), ("al", 4), ("ers", 4), ("er", 4), ("ed", 3),
    ("est", 4), ("em", 4), ("en", 4), ("es", 3), ("ly", 4), ("s", 3), ("e", 3), ("y", 3), ("n", 5),
)  # fmt: skip
_IRREGULAR = {
    "paid": "pay", "bought": "buy", "sold": "sell", "sent": "send", "took": "take", "taken": "take", "kept": "keep",
    "children": "child", "people": "person", "left": "leave", "lost": "lose", "broke": "break", "broken": "break",
    "chosen": "choose", "held": "hold", "met": "meet", "told": "tell", "written": "write", "wrote": "write",
    "began": "begin", "begun": "begin", "drove": "drive", "driven": "drive", "flew": "fly", "flown": "fly", "won": "win",
    "spent": "spend", "fell": "fall", "fallen": "fall", "rose": "rise", "risen": "rise", "built": "build", "made": "make", "hours": "hour", "hourly": "hour", "daily": "day",
    "monthly": "month", "weekly": "week", "yearly": "year", "annual": "year", "annually": "year",
}  # fmt: skip
# Words of questions that no document answers by holding them.
_ASKING = frozenset(
    word for line in (
    "many much long often kind sort tell explain describe happen happens happened anything somebody",
    "someone everybody people person allowed may must want wants like thing things exactly please company norwind firm",
    "time times day number amount total mean means called name",
    "bitte erklären erkläre wieviel wieviele wievielen lange oft welcher sagen firma unternehmen gilt gelten passiert",
    "darf dürfen muss müssen soll sollen",
    ) for word in line.split()
)  # fmt: skip
# Words that say little about what a question is about: measures, common verbs and adjectives, words for asking. A document
# rarely lacks an answer because it lacks one of them.
_VAGUE = (
    "cost price value sum state amount rate share limit size level way place reason rule answer question problem case part kind type "
    "early late quick quickly fast slow large small size high low far old new young big tall weigh weight heavy light wide cheap expensive "
    "good bad best worst better nice hard easy right wrong free full empty extra additional special normal usual common possible "
    "available responsible allowed mandatory necessary required important exact total whole current other same different own "
    "apply decide get give hand fall check start begin stop end finish bring pick find ask tell come go leave stay keep hold put set "
    "happen become try want wish need like know think believe mean call name use do make let run move turn show see look read write "
    "say speak talk answer explain help care deal handle belong follow lead join enter pass reach receive obtain offer provide supply "
    "accept agree refuse choose prefer expect wait change grow rise fall increase raise reduce lower cover include contain involve "
    "concern affect cause lie stand sit lay live play win lose miss break count depend act serve claim state require demand plan "
    "prepare arrange organise perform carry fill add join split share click press drink eat walk drive visit meet anybody somebody "
    "kosten preis betrag wert schnell langsam groß klein hoch niedrig schwer leicht gewicht frist lange kurz neu alt gut schlecht teuer billig "
    "gelten bekommen dauern nehmen geben machen tun gehen kommen stehen liegen bleiben halten finden suchen fragen sagen nennen heißen brauchen "
    "benötigen verwenden nutzen benutzen zahlen bezahlen zählen gehören beginnen enden anfangen aufhören passieren erfolgen stattfinden "
    "möglich nötig wichtig erlaubt verboten zuständig verantwortlich zurück wohin woher wofür wodurch"
)
# One line for what people say for the same thing at work; the first that fits a word counts.
_ALIKE = (
    "leave holiday vacation urlaub ferien", "fee charge gebühr", "price cost costs preis kosten",
    "pay salary wage wages gehalt lohn", "buy purchase order kaufen bestellen", "car vehicle auto fahrzeug",
    "hotel accommodation overnight lodging unterkunft übernachtung", "flight plane fly flug", "train rail railway bahn zug",
    "sick ill illness sickness krank krankheit", "doctor medical arzt", "employee staff worker colleague mitarbeiter beschäftigte",
    "boss manager supervisor superior vorgesetzter führungskraft", "quit resign notice kündigen kündigung terminate termination",
    "deadline due frist latest", "begin start commence beginnen anfangen", "end finish stop enden",
    "refund reimburse repay repayment erstatten erstattung", "reimburse pay cover", "send submit hand einreichen schicken",
    "ship deliver delivery shipment liefern lieferung versand", "warranty guarantee garantie gewährleistung",
    "repair fix mend reparieren reparatur", "broken defective damaged faulty defekt kaputt", "customer client kunde",
    "supplier vendor lieferant", "training course seminar schulung kurs", "remote home telework homeoffice mobile",
    "phone telephone call ring telefon anrufen", "email mail e-mail", "password passphrase kennwort passwort",
    "approve approval sign permission authorise genehmigen freigabe", "meal food lunch dinner breakfast essen verpflegung",
    "receipt invoice bill beleg rechnung", "baby birth child parental maternity paternity geburt kind eltern",
    "death die bereavement funeral todesfall", "wedding marry marriage heirat hochzeit", "discount reduction rabatt nachlass",
    "laptop computer notebook rechner", "open opening öffnen geöffnet", "close closed shut schließen geschlossen",
    "cause reason ursache grund", "rule policy regel richtlinie", "fire brand", "theft stolen steal diebstahl gestohlen",
    "lose lost loss verlieren verlust", "weight weigh kilogram gewicht wiegt kg",
    "probation trial probezeit", "bonus premium prämie", "overtime überstunden", "data information daten",
    "outage failure downtime down ausfall unavailable", "report notify inform melden mitteilen", "return back zurückgeben rückgabe",
    "minimum least smallest mindestens", "maximum most limit ceiling cap höchstens höchstbetrag", "second-hand used gebraucht",
    "key schlüssel badge", "family relative friend familie verwandte", "bag suitcase luggage baggage koffer gepäck",
    "alcohol beer wine alkohol bier wein", "restaurant meal guest", "mandatory require compulsory pflicht vorgeschrieben", "currency money exchange",
    "paper document", "store keep save speichern", "check test inspect maintain prüfen warten kontrollieren", "big large", "abroad foreign ausland",
    "team lead boss manager", "duplicate twice double doppelt", "first initial erste", "link click phishing", "wifi network wlan netz",
    "exclude except ausschließen ausgeschlossen", "breach loss incident outage", "visitor guest besucher gast", "dog pet hund", "park parking parken", "bicycle bike fahrrad rad",
)  # fmt: skip


def tokens(text: str) -> Iterator[str]:
    """The words and numbers of a text in order; numbers in one spelling ("1,200.50" and "1200.5" are alike)."""
    for match in _TOKEN.finditer(text):
        token = match[0]
        yield number(token) if token[0].isdigit() else token


def number(token: str) -> str:
    """A number in one spelling: no thousands marks, "p" before decimals (FTS5 would cut at a full stop), no idle zeros."""
    parts = re.split(r"[.,'’]", token)
    if len(parts) > 1 and not all(len(part) == 3 for part in parts[1:]):
        whole, decimals = "".join(parts[:-1]), parts[-1].rstrip("0")
        return f"{whole.lstrip('0') or '0'}{'p' + decimals if decimals else ''}"
    return "".join(parts).lstrip("0") or "0"


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without case, accents and endings; a number word as its number."""
    if word[:1].isdigit():
        return word
    low = word.casefold()
    if low in NUMBERS:
        return str(NUMBERS[low])
    bare = plain(re.sub(r"['’]s?$", "", low).replace("’", "").replace("'", ""))
    bare = _IRREGULAR.get(bare, bare)
    if bare.endswith("s") and not bare.endswith(("ss", "us", "is", "ies")) and len(bare) > 3:
        bare = bare[:-1]  # first, so that Thursdays and Thursday, expenses and expense lose the same
    for ending, shortest in _ENDINGS:
        if bare.endswith(ending) and len(bare) - len(ending) >= shortest:
            bare = bare[: -len(ending)]
            break
    if len(bare) > 4 and bare[-1] == bare[-2] and bare[-1] not in "aeiouls":
        bare = bare[:-1]  # stopp(ed), run(n)ing
    return bare


def stems(text: str) -> list[str]:
    """Every word of a text as the index holds it, in order."""
    return [stem(token) for token in tokens(text)]


def content_words(question: str) -> dict[str, str]:
    """The words of a question that a document would have to speak of: stem → as written, in order."""
    found: dict[str, str] = {}
    for match in _TOKEN.finditer(question):
        word = match[0]
        if word[0].isdigit():
            found.setdefault(number(word), word)
        elif (low := word.casefold()) not in STOP_WORDS and low not in _ASKING and (len(low) > 1):
            found.setdefault(stem(word), word)
    return found


@lru_cache(maxsize=1)
def _vague() -> frozenset[str]:
    return frozenset(map(stem, _VAGUE.split()))


def is_vague(word: str) -> bool:
    """True for the stem of a word that asks for a measure or a way."""
    return word in _vague()


@lru_cache(maxsize=1)
def _alike() -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for line in _ALIKE:
        group = {stem(word) for word in re.split(r"[ -]", line)}
        for word in group:
            groups.setdefault(word, set()).update(group)
    return {word: frozenset(group - {word}) for word, group in groups.items()}


def alike(word: str) -> frozenset[str]:
    """The stems that people use for the same thing as a stem, without itself."""
    return _alike().get(word, frozenset())
