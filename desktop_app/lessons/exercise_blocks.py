"""The YAML inside ```claims, ```redact and ```decision fences.

Schemas: resources/schemas/claims.schema.json, redact.schema.json, decision-block.schema.json.
"""

from __future__ import annotations

from desktop_app.lessons.fields import ID, ID_SAYS, Fields
from desktop_app.lessons.lesson import Choice, Claim, ClaimRule, Claims, Decision, Redact
from desktop_app.lessons.practice_block import (
    DEFAULT_MAX_TOKENS,
    DEFAULT_SEED,
    EXPECTATION_KINDS,
    LONGEST,
    PROMPT_REFERENCE,
    block_fields,
    read_expectation,
)
from desktop_app.lessons.problem import Problems

MOST_OPTIONS = 5
MOST_POINTS = 5


def read_claims(text: str, line: int, problems: Problems) -> Claims | None:
    """The exercise in text, whose fence opens in line; None after noting at least one error."""
    before = len(problems.found)
    if (fields := block_fields("claims", text, line, problems)) is None:
        return None
    claims = Claims(
        id=fields.text("id", required=True, pattern=ID, says=ID_SAYS),
        title=fields.text("title", required=True, longest=120),
        task=fields.text("task", required=True, longest=LONGEST),
        source=fields.text("source", longest=LONGEST),
        document=fields.text("document", pattern=ID, says=ID_SAYS),
        output=fields.text("output", longest=LONGEST),
        claims=tuple(map(_claim, fields.mappings("claims"))),
        prompt=fields.text("prompt", pattern=PROMPT_REFERENCE, says="a prompt's id, id@version or id@label"),
        values=fields.scalars("values"),
        rules=tuple(rule for item in fields.mappings("rules") if (rule := _rule(item, problems))),
        max_tokens=fields.integer("max_tokens", 1, 4096, DEFAULT_MAX_TOKENS),
        seed=fields.integer("seed", 0, 2**31 - 1, DEFAULT_SEED),
        line=line,
    )
    fields.finish()
    _check_claims(claims, fields, problems)
    return claims if len(problems.found) == before else None


def _claim(fields: Fields) -> Claim:
    claim = Claim(
        text=fields.text("text", required=True, longest=1000),
        supported=bool(fields.flag("supported", required=True)),
        passage=fields.text("passage", longest=1000),
        why=fields.text("why", required=True, longest=500),
    )
    fields.finish()
    return claim


def _rule(fields: Fields, problems: Problems) -> ClaimRule | None:
    supported = bool(fields.flag("supported", required=True))
    passage = fields.text("passage", longest=1000)
    why = fields.text("why", required=True, longest=500)
    if not any(kind in fields.values for kind in EXPECTATION_KINDS):
        fields.wrong(f"A rule needs exactly one of {', '.join(EXPECTATION_KINDS)}.")
        return None
    expect = read_expectation(fields, problems, says=why or "asked")
    return ClaimRule(expect, supported, passage, why) if expect else None


def _check_claims(claims: Claims, fields: Fields, problems: Problems) -> None:
    if bool(claims.source) == bool(claims.document):
        said = "has both source and document" if claims.source else "has neither source nor document"
        problems.add("L308", f"The claims block {said}. Give one of them.", claims.line)
    if bool(claims.output) != bool(claims.claims):
        lacks, has = ("claims", "output") if claims.output else ("output", "claims")
        problems.add("L308", f"The claims block has {has} but no {lacks}. The two belong together.", claims.line)
    elif not claims.output and not claims.prompt:
        problems.add("L308", "The claims block has nothing to check. Give output and claims, or a prompt.", claims.line)
    at = 0
    for number, claim in enumerate(claims.claims):
        found = claims.output.find(claim.text, at)
        if claim.text and found < 0:
            message = "This claim does not stand in the output behind the one before it. Copy it word for word."
            fields.wrong(message, "claims", number, "text")
        at = found + len(claim.text) if found >= 0 else at
        if claim.passage and claims.source and claim.passage not in claims.source:
            fields.wrong(
                "This passage does not stand in the source. Copy it word for word.", "claims", number, "passage"
            )
        if claim.supported and not claim.passage:
            message = "A supported claim needs the passage of the source that supports it. Add passage."
            fields.wrong(message, "claims", number)


def read_redact(text: str, line: int, problems: Problems) -> Redact | None:
    """The exercise in text, whose fence opens in line; None after noting at least one error."""
    before = len(problems.found)
    if (fields := block_fields("redact", text, line, problems)) is None:
        return None
    redact = Redact(
        id=fields.text("id", required=True, pattern=ID, says=ID_SAYS),
        title=fields.text("title", required=True, longest=120),
        task=fields.text("task", required=True, longest=LONGEST),
        document=fields.text("document", required=True, pattern=ID, says=ID_SAYS),
        line=line,
    )
    fields.finish()
    return redact if len(problems.found) == before else None


def read_decision(text: str, line: int, problems: Problems) -> Decision | None:
    """The exercise in text, whose fence opens in line; None after noting at least one error."""
    before = len(problems.found)
    if (fields := block_fields("decision", text, line, problems)) is None:
        return None
    decision = Decision(
        id=fields.text("id", required=True, pattern=ID, says=ID_SAYS),
        title=fields.text("title", required=True, longest=120),
        task=fields.text("task", required=True, longest=LONGEST),
        options=tuple(map(_option, fields.mappings("options"))),
        defend=fields.text("defend", required=True, longest=500),
        points=fields.texts("points", required=True, longest=300),
        example=fields.text("example", required=True, longest=2000),
        line=line,
    )
    fields.finish()
    _check_decision(decision, fields, problems)
    return decision if len(problems.found) == before else None


def _option(fields: Fields) -> Choice:
    choice = Choice(
        text=fields.text("text", required=True, longest=300),
        right=bool(fields.flag("right", required=True)),
        feedback=fields.text("feedback", required=True, longest=800),
    )
    fields.finish()
    return choice


def _check_decision(decision: Decision, fields: Fields, problems: Problems) -> None:
    options, points = decision.options, decision.points
    if not 2 <= len(options) <= MOST_OPTIONS:
        message = f"A decision needs 2 to {MOST_OPTIONS} options; this one has {len(options)}."
        problems.add("L309", message, *fields.place("options"))
    elif len({option.right for option in options}) == 1:
        message = "At least one option must be right and one wrong. Set right: true or right: false accordingly."
        problems.add("L309", message, *fields.place("options"))
    for number, option in enumerate(options):
        if option.text and option.text in [one.text for one in options[:number]]:
            fields.wrong("This option stands above already. Say something else.", "options", number, "text")
    if points and not 2 <= len(points) <= MOST_POINTS:
        message = f"A decision needs 2 to {MOST_POINTS} points; this one has {len(points)}."
        problems.add("L309", message, *fields.place("points"))
