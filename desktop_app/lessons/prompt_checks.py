"""What a prompt has and what it lacks, found by rules and explained; no model judges (docs/formats/practice.md).

The checks look for words, so they can be wrong, as tests/lessons/test_prompt_checks.py measures. They are hints.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from desktop_app.guard.scan import GuardError, scan
from desktop_app.guard.summary import summary
from desktop_app.lessons import prompt_cues as cues
from desktop_app.lessons.lesson import PromptCheck

FEWEST_WORDS, MOST_WORDS, MOST_WORDS_IN_ALL = 5, 150, 800
LONGEST_CHARS = 20_000  # what is read of a prompt; no local model takes more
_SHOWN_CHARS = 60
_FENCES = ('"""', "'''", "```", "~~~", "“““")
_ARROWS = (("<<<", ">>>"), (">>>", "<<<"), ("[[", "]]"), ("{{", "}}"))
_QUOTES = (("“", "”"), ("„", "“"), ("«", "»"), ("»", "«"), ('"', '"'), ("‹", "›"))

NAMES: dict[PromptCheck, str] = {
    "task": "Task",
    "context": "Context",
    "format": "Form of the answer",
    "material": "Material set apart",
    "sensitive": "Nothing sensitive",
    "length": "Length",
}


@dataclass(frozen=True, slots=True)
class PromptCheckResult:
    """One check: found has the words that met it (or, for "sensitive", none); says explains, or tells how to do it."""

    check: PromptCheck
    met: bool
    found: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class _Parts:
    """A prompt taken apart: request is what is asked, marks how the material is set apart ("" where it is not)."""

    request: str
    marks: tuple[str, ...]


def check_prompt(text: str, checks: Iterable[PromptCheck]) -> tuple[PromptCheckResult, ...]:
    """One result per check, in the order given."""
    parts = _apart(text[:LONGEST_CHARS])
    return tuple(_CHECKS[check](text, parts) for check in checks)


# -- the checks ----------------------------------------------------------------------------------------------------------


def _task(_: str, parts: _Parts) -> PromptCheckResult:
    vague = ""
    for clause in _clauses(parts.request):
        verb, after, asks = _opening(clause)
        if verb and after in cues.VAGUE:
            vague = vague or f"{verb} {after}"
        elif verb:
            return PromptCheckResult("task", True, (verb,), f"“{verb}” says what to do.")
        elif _is_question(clause, asks):
            return PromptCheckResult("task", True, (_short(clause),), "It asks a question.")
    says = "Begin with a verb whose result you can see: “List who does what by when.”"
    if vague:
        says = f"“{vague}” leaves open what. Name the result: “List who does what by when.”"
    return PromptCheckResult("task", False, (), says)


def _context(_: str, parts: _Parts) -> PromptCheckResult:
    found = _matches("context", parts.request) or _situation(parts.request)
    says = "It says whom or what it is for." if found else (
        "No words found that say whom it is for, or why. For example: “for the warehouse team, who were not there”."
    )  # fmt: skip
    return PromptCheckResult("context", bool(found), found, says)


def _format(_: str, parts: _Parts) -> PromptCheckResult:
    found = _matches("format", parts.request)
    says = "It says what the answer looks like." if found else (
        "No form or length found. Name one you can see at once: “in two sentences”, “as a table with the columns name, task, day”."
    )  # fmt: skip
    return PromptCheckResult("format", bool(found), found, says)


def _material(_: str, parts: _Parts) -> PromptCheckResult:
    says = "What you pasted is set apart from what you ask." if parts.marks else (
        'Nothing is set apart. Put what you paste between marks and say what it is: Note: """ … """'
    )  # fmt: skip
    return PromptCheckResult("material", bool(parts.marks), parts.marks, says)


def _sensitive(text: str, _: _Parts) -> PromptCheckResult:
    try:
        findings = scan(text)
    except GuardError as error:
        return PromptCheckResult("sensitive", False, (), str(error))
    if not findings:
        return PromptCheckResult("sensitive", True, (), "The guard finds no personal data and no secret.")
    says = f"{summary(findings)} in it. Take it out, or use a placeholder such as [EMAIL-1]."
    return PromptCheckResult("sensitive", False, (), says)


def _length(text: str, parts: _Parts) -> PromptCheckResult:
    asked, everything = len(parts.request.split()), len(text.split())
    met = FEWEST_WORDS <= asked <= MOST_WORDS and everything <= MOST_WORDS_IN_ALL
    if met:
        says = f"{asked} words of request."
    elif asked < FEWEST_WORDS:
        says = f"Only {asked} {'word' if asked == 1 else 'words'} of request: almost any text could follow. Add the task, whom it is for and the form."
    elif asked > MOST_WORDS:
        says = f"{asked} words of request are much for a small model. Keep the task, the form and one example."
    else:
        says = f"{everything:,} words are more than a small model can keep apart. Paste only the part that matters."
    return PromptCheckResult("length", met, (), says)


_CHECKS: dict[PromptCheck, Callable[[str, _Parts], PromptCheckResult]] = {
    "task": _task,
    "context": _context,
    "format": _format,
    "material": _material,
    "sensitive": _sensitive,
    "length": _length,
}


# -- request and material ------------------------------------------------------------------------------------------------


def _apart(text: str) -> _Parts:
    """Take out what stands between marks; each step leaves a blank where the material stood."""
    marks: list[str] = []
    for take in (_take_fences, _take_tags, _take_rules, _take_labels, _take_quotes):
        text = take(text, marks)
    return _Parts(text, tuple(dict.fromkeys(marks)))


def _take_fences(text: str, marks: list[str]) -> str:
    for fence in _FENCES:
        pieces = text.split(fence)
        for inside in pieces[1:-1:2] if len(pieces) % 2 else pieces[1::2]:
            if len(inside.split()) >= 2:
                marks.append(f"{fence} … {fence}")
        if len(pieces) > 2:
            text = " \n".join(pieces[::2])
    return text


def _take_tags(text: str, marks: list[str]) -> str:
    tags = dict.fromkeys(re.findall(r"[<\[]([A-Za-z][\w-]{0,30})[>\]]", text))
    for opening, closing in (*_pairs(tags), *_ARROWS):
        start = text.find(opening)
        end = text.find(closing, start)
        if end > start >= 0 and len(text[start + len(opening) : end].split()) >= 2:
            marks.append(f"{opening} … {closing}")
            text = f"{text[:start]}\n{text[end + len(closing) :]}"
    return text


def _pairs(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        yield f"<{name}>", f"</{name}>"
        yield f"[{name}]", f"[/{name}]"


def _take_rules(text: str, marks: list[str]) -> str:
    """What stands below a line of ###, --- or ===, until the next such line."""
    lines, out, inside, took = text.split("\n"), [], "", 0
    for line in lines:
        bare = line.strip()
        rule = bare[:3] if bare and set(bare) <= {bare[0]} and bare[0] in "#-=*_" and len(bare) >= 3 else ""
        if rule:
            inside = "" if inside else rule
        elif inside:
            took += len(line.split())
            if took >= 2 and f"{inside} … {inside}" not in marks:
                marks.append(f"{inside} … {inside}")
        else:
            out.append(line)
    return "\n".join(out)


def _take_labels(text: str, marks: list[str]) -> str:
    """What follows a label such as "Note:", paragraph by paragraph until one begins with a request."""
    paragraphs, out, inside = re.split(r"\n[ \t]*\n", text), [], False
    asked = any(map(_begins_with_request, paragraphs))
    for number, paragraph in enumerate(paragraphs):
        kept: list[str] = []
        if inside and _begins_with_request(paragraph):
            inside = False
        for at, line in enumerate(paragraph.split("\n")):
            is_first = number == at == 0
            label = _label(line, is_first)
            if label and (asked or not is_first):
                inside = True
                marks.append(f"{label}:")
            elif not inside:
                kept.append(line)
        out.append("\n".join(kept))
    filled = [mark for mark in marks if mark.endswith(":") and not _is_empty_label(text, mark)]
    marks[:] = [mark for mark in marks if not mark.endswith(":")] + filled
    return "\n\n".join(out)


def _label(line: str, first: bool) -> str:
    """What a line is labelled with before its colon; on the first line only the words everybody uses for it."""
    match = _pattern(r"^\s*(?:[-*#>]+\s*)?\**([\w'’-]+(?: [\w'’-]+){0,5})\**\s?:").search(line)
    if match is None or match[1].casefold().split()[0] in cues.INSTRUCTIONS or _opening(match[1])[0]:
        return ""
    is_known = _pattern(
        rf"^(?:[\w'’-]+ ){{0,3}}(?:{cues.LABELS})(?: (?:from|of|to|by|in|aus|von|vom|der|des|an) .{{1,30}})?$"
    ).search(match[1])
    return match[1].strip() if is_known or (not first and len(match[1].split()) <= 3 and match[1][0].isupper()) else ""


def _is_empty_label(text: str, mark: str) -> bool:
    return len(text.partition(mark)[2].split()) < 2


def _begins_with_request(paragraph: str) -> bool:
    first = next(iter(_clauses(paragraph)), "")
    return bool(_opening(first)[0])


def _take_quotes(text: str, marks: list[str]) -> str:
    for opening, closing in _QUOTES:
        at = 0
        while (start := text.find(opening, at)) >= 0:
            end = text.find(closing, start + 1)
            inside = text[start + 1 : end] if end > start else ""
            if end < 0:
                break
            if "\n\n" in inside or len(inside.split()) < 4:
                at = start + 1 if "\n\n" in inside else end + 1
                continue
            marks.append(f"{opening} … {closing}")
            text = f"{text[:start]} {text[end + 1 :]}"
            at = start
    return text


def _situation(request: str) -> tuple[str, ...]:
    """The first sentence beside a task, in its paragraph, that tells how things are."""
    for paragraph in re.split(r"\n[ \t]*\n", request):
        sentences = [sentence.strip() for sentence in re.findall(r"[^.!?;\n]+\??", paragraph)]
        requests = [bool(_opening(sentence)[0]) or _is_question(sentence, False) for sentence in sentences]
        if not any(requests):
            continue
        for sentence, is_request in zip(sentences, requests, strict=True):
            words = [word.casefold() for word in re.findall(r"[^\W\d_]+(?:'t)?", sentence)]
            if not is_request and len(words) >= 4 and _tells(sentence, words):
                return (_short(sentence),)
    return ()


def _tells(sentence: str, words: list[str]) -> bool:
    """True for a sentence about the world: it asks nothing, is no list item, and says nothing of the answer's form."""
    about_answer = bool(cues.ORDERS & set(words)) or bool(_matches("format", sentence))
    return not about_answer and not sentence.endswith("?") and sentence[0].isalpha() and ":" not in sentence


# -- words ---------------------------------------------------------------------------------------------------------------


def _clauses(request: str) -> Iterator[str]:
    """What one reads as a unit of its own, with its final question mark."""
    for sentence in re.findall(r"[^.!?\n;–—]+\??", request):
        yield sentence.strip(" \t-*•>\"'“„(")
        for after in re.split(r",|\band\b|\bund\b|\bthen\b", sentence)[1:]:
            yield after.strip()
        if ":" in sentence:
            yield sentence.partition(":")[2].strip()


def _opening(clause: str) -> tuple[str, str, bool]:
    """The verb a clause begins with ("" if none), the word after it, and whether it asks somebody to do something."""
    rest, asks = clause.strip(), False
    for _ in range(4):
        low = rest.casefold()
        lead = next(
            (lead for lead in cues.LEAD_INS if low.startswith(lead) and not low[len(lead) : len(lead) + 1].isalnum()),
            "",
        )
        asks = asks or lead in cues.ASKS_SOMEBODY
        if not lead:
            break
        rest = rest[len(lead) :].lstrip(" ,:")
    rest = re.sub(r"^\d{1,2}[.)]?\s+", "", rest)
    words = re.findall(r"[^\W\d_]+", rest)
    if not words:
        return "", "", asks
    after = next((word.casefold() for word in words[1:] if word.casefold() not in cues.PARTICLES), "")
    if words[0].casefold() in cues.VERBS and len(words) > 1:
        return words[0], after, asks
    if asks and words[-1].casefold() in cues.LAST_VERBS:
        return words[-1], "", asks
    if (
        len(words) > 2
        and words[-1].casefold() in cues.LAST_VERBS
        and not clause.endswith("?")
        and words[0][0].isupper()
    ):
        return words[-1], "", asks
    return "", "", asks


def _is_question(clause: str, asks_somebody: bool) -> bool:
    words = clause.rstrip("?").split()
    return (
        clause.endswith("?") and not asks_somebody and len(words) >= 3 and words[0].casefold() in cues.QUESTION_WORDS
    )  # fmt: skip


def _matches(which: str, request: str) -> tuple[str, ...]:
    """What the cues find, the longest of those that overlap, in order of place."""
    found: list[tuple[int, int]] = []
    for source in {"context": cues.CONTEXT, "format": cues.FORMAT}[which]:
        found += [match.span() for match in _pattern(source).finditer(request)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(dict.fromkeys(_short(request[start:end]) for start, end in kept))[:3]


@cache
def _pattern(source: str) -> Any:
    import re2  # loaded only for an exercise that checks prompts

    options: Any = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    return re2.compile(source, options)


def _short(text: str) -> str:
    words = " ".join(text.split()).strip(" ,.:;")
    return words if len(words) <= _SHOWN_CHARS else words[: _SHOWN_CHARS - 1].rsplit(" ", 1)[0] + "…"
