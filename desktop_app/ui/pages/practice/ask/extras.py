"""What stands with an answer besides its text: what the guard says about it, a form view, copying, the meter."""

from __future__ import annotations

from shiboken6 import isValid

from desktop_app.errors import AppError
from desktop_app.services import Services
from desktop_app.ui.answer_copy import AnswerCopy
from desktop_app.ui.pages.practice.ask.model import AskModel
from desktop_app.ui.pages.practice.ask.turn_cards import AnswerCard
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner
from desktop_app.ui.widgets.copy_check import CopyCheck
from desktop_app.ui.widgets.result_form import ResultForm


class _Parts:
    """The widgets of one card, each made when it is first needed."""

    def __init__(self) -> None:
        self.findings: Banner | None = None
        self.said = ""
        self.copying: AnswerCopy | None = None
        self.form: ResultForm | None = None


class AnswerExtras:
    """Adds to each card of the thread what belongs to its answer."""

    def __init__(self, theme: Theme, services: Services, model: AskModel) -> None:
        self._theme, self._services, self._model = theme, services, model
        self._parts: dict[AnswerCard, _Parts] = {}

    def show(self, card: AnswerCard) -> None:
        """Look an answer through, and show its form if it was held to a schema; for card_ready."""
        if not card.turn.text:
            return
        parts = self._of(card)
        self._show_findings(card, parts)
        schema = card.turn.kept.get("schema")
        if isinstance(schema, str):
            self._show_form(card, parts, schema)

    def _show_form(self, card: AnswerCard, parts: _Parts, schema: str) -> None:
        """Show what the answer says, again once it went on."""
        if parts.form is None:
            parts.form = ResultForm(self._theme)
            parts.form.copy_wanted.connect(lambda text: self.copy(card, text))
            card.add_extra(parts.form)
        parts.form.show_answer(card.turn.text or "", schema, card.turn.stop_reason)
        if parts.form.is_whole:
            card.cover_text()

    def copy(self, card: AnswerCard, text: str) -> None:
        """Copy what belongs to an answer once it was looked through; what is asked or said stands in its card."""
        parts = self._of(card)
        if parts.copying is None:
            parts.copying = AnswerCopy(self._services, card)
            check = CopyCheck(self._theme, parts.copying)
            check.answered.connect(card.copy.setFocus)
            parts.copying.changed.connect(lambda state: _say_once(parts, state.words))
            card.add_extra(check)
        parts.copying.copy(text, given=self._given(card), has_source=self._has_source(card))

    def show_details(self, card: AnswerCard) -> None:
        """Show what an answer took, and what it would have cost elsewhere."""
        from desktop_app.clock import utc_now
        from desktop_app.practice.meter import figures
        from desktop_app.ui.widgets.meter_line import MeterLine

        line = card.details_below(lambda: MeterLine(self._theme))
        assert isinstance(line, MeterLine)
        prompt = self._model.state.prompt
        try:
            run = self._services.learner.run(card.turn.run_id)
        except AppError:  # a record that is gone
            run = None
        if run is not None:
            name = prompt.name if prompt else "Free prompts"
            line.show_figures(
                figures(self._services.learner, run, self._services.prices, case_name=name, now=utc_now())
            )

    def _show_findings(self, card: AnswerCard, parts: _Parts) -> None:
        looking = parts.copying or AnswerCopy(self._services)
        try:
            report = looking.look_through(
                card.turn.text or "", given=self._given(card), has_source=self._has_source(card)
            )
            words, tone = " ".join(report.sentences), "danger" if report.must_ask else "caution"
        except AppError as error:
            words, tone = str(error), "danger"
        if words and parts.findings is None:
            parts.findings = Banner(self._theme, icon="shield-alert")
            card.add_extra(parts.findings)
        parts.said = words
        if parts.findings is not None:
            parts.findings.say(words, tone)

    def _given(self, card: AnswerCard) -> str:
        """What the person sent up to this answer."""
        conversation = self._model.state.conversation
        branch = conversation.branch_to(card.turn.id) if conversation else ()
        return "\n".join(turn.text or "" for turn in branch if turn.role == "user")

    @staticmethod
    def _has_source(card: AnswerCard) -> bool | None:
        """Whether a grounded answer has a source; None for one that was not drawn from documents."""
        sources = card.turn.kept.get("sources")
        return None if sources is None else bool(sources)

    def _of(self, card: AnswerCard) -> _Parts:
        for gone in [one for one in self._parts if not isValid(one)]:
            del self._parts[gone]
        return self._parts.setdefault(card, _Parts())


def _say_once(parts: _Parts, words: str) -> None:
    """What copying says of an answer stands there, not twice below it."""
    if parts.findings is not None:
        parts.findings.setVisible(bool(parts.said) and parts.said not in words)
