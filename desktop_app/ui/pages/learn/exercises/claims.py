"""The claims exercise: the answer claim by claim on the left, the source on the right; stacked where it is narrow."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop_app.lessons.claims import ClaimsScore, Key
from desktop_app.ui.pages.learn.exercises.claim_row import ClaimRow
from desktop_app.ui.pages.learn.exercises.claims_model import ClaimsModel, ClaimsState
from desktop_app.ui.pages.learn.exercises.source_view import SourceView
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, chip, clear, column, label, meter, row, shortcut
from desktop_app.ui.widgets.prose import Prose

_STACKED_PX = 600
_HINT = "S supported · N not supported · arrow keys move · Ctrl+F searches the source"
_LIVE_EMPTY = "No answer yet. Let the model write one, then judge each claim in it."


class ClaimsPane(QWidget):
    """Claims and source of one ClaimsModel."""

    def __init__(self, theme: Theme, model: ClaimsModel) -> None:
        super().__init__()
        self._theme, self._model = theme, model
        self._shown_keys: tuple[Key, ...] | None = None
        self._was_checked = False
        self.rows: list[ClaimRow] = []
        self._build()
        self._connect()
        self._render(model.state)

    # -- building ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme, state = self._theme, self._model.state
        self.source = SourceView(theme, state.source_title, state.source)
        self._paper = Card(margin=16)
        self._paper.box.addWidget(self.source)
        self._above = QWidget()  # as tall as the source has to come down to stay in view
        self._above.setFixedHeight(0)
        right = column(self._above, self._paper, 1, spacing=0)
        self._title = label("", "strong")
        self._chip = chip("")
        self._stream = Prose(theme, role="body")
        self._empty = label(_LIVE_EMPTY, "muted", wrap=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        self._bar = meter(name="Claims judged")
        self._left = label("", "small")
        self._hint = label(_HINT, "small", wrap=True)
        self.result, self.problem, self.sandbox = Banner(theme), Banner(theme), Banner(theme)
        self.check = Button(theme, "Check", "check", kind="primary", tip="Check your verdicts (Ctrl+Enter)")
        self.again = Button(theme, "Try again", "rotate-ccw", tip="Judge the same answer afresh")
        self.live = Button(theme, "Run it live", "play", tip="Let the model answer here, then judge that answer")
        self.stop = Button(theme, "Stop", "square", tip="Stop (Esc)")
        self.shipped = Button(theme, "Back to the lesson's answer", "undo-2", kind="quiet")
        left = Card(margin=16, spacing=10)
        left.box.addLayout(row(self._title, self._chip, 1, self._left))
        left.box.addWidget(self._bar)
        left.box.addWidget(self.result)
        for widget in (self._stream, self._empty):
            left.box.addWidget(widget)
        left.box.addLayout(self._list)
        for widget in (self.problem, self.sandbox, self._hint):
            left.box.addWidget(widget)
        left.box.addLayout(row(self.check, self.again, self.stop, self.live, 1))
        left.box.addLayout(row(self.shipped, 1))
        left.box.addStretch(1)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._sides.setContentsMargins(0, 0, 0, 0)
        self._sides.setSpacing(16)
        self._sides.addWidget(left, 3)
        self._sides.addLayout(right, 2)
        self.setAccessibleName("Claims and source")

    def _connect(self) -> None:
        model = self._model
        self.check.clicked.connect(self._check)
        self.again.clicked.connect(self._on_again_clicked)
        self.live.clicked.connect(model.run_live)
        self.stop.clicked.connect(model.stop)
        self.shipped.clicked.connect(model.show_shipped)
        self.sandbox.acted.connect(model.start_sandbox)
        model.changed.connect(self._render)
        model.piece.connect(lambda _: self._show_stream(model.state))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut(self, keys, self._check)
        shortcut(self, "Ctrl+F", self._on_search_wanted)

    # -- showing -----------------------------------------------------------------------------------------------------

    def _render(self, state: ClaimsState) -> None:
        before = QApplication.focusWidget()
        self._show(state)
        if before is not None and self.isAncestorOf(before) and QApplication.focusWidget() is not before:
            (self.stop if state.phase == "running" else self._main_place()).setFocus(Qt.FocusReason.TabFocusReason)

    def _main_place(self) -> QWidget:
        """Where the keyboard goes when what had it is gone."""
        return self.rows[self._model.state.current] if self.rows else self.live

    def _show(self, state: ClaimsState) -> None:
        if state.keys is not self._shown_keys:
            self._build_rows(state)
        for at, line in enumerate(self.rows):
            line.show_claim(
                state.keys[at], state.verdicts[at], is_current=at == state.current, checked=state.phase == "checked"
            )
        self._show_stream(state)
        self._show_head(state)
        self._empty.setVisible(state.phase == "ready")
        self.problem.say(state.problem, "danger")
        self._show_sandbox(state)
        self.result.say(_result_html(state), _result_tone(state.result), rich=True)
        self._hint.setVisible(state.phase == "open")
        self.check.setVisible(state.phase == "open")
        self.check.setEnabled(state.can_check)
        self.again.setVisible(state.phase == "checked" and (state.tries_left != 0 or state.is_live))
        self.live.setVisible(bool(state.claims.prompt) and state.phase != "running")
        self.live.setEnabled(state.can_run)
        self.live.setText("Run it again" if state.is_live else "Run it live")
        self.stop.setVisible(state.phase == "running")
        self.shipped.setVisible(state.is_live and bool(state.claims.output) and state.phase != "running")
        checked = state.phase == "checked" and bool(state.keys)
        self.source.show_passage(state.keys[state.current].passage if checked else None)
        if checked and not self._was_checked and self.isVisible():
            self._announce(self.result.text)
        self._was_checked = checked

    def _build_rows(self, state: ClaimsState) -> None:
        clear(self._list)
        self._shown_keys = state.keys
        self.rows = [ClaimRow(self._theme, number, len(state.keys)) for number in range(1, len(state.keys) + 1)]
        for at, line in enumerate(self.rows):
            line.selected.connect(lambda at=at: self._model.select(at))
            line.judged.connect(lambda supported, at=at: self._model.judge(at, supported))
            line.key_pressed = self._on_key
            self._list.addWidget(line)

    def _show_stream(self, state: ClaimsState) -> None:
        self._stream.setVisible(state.phase == "running")
        if state.phase == "running":
            text = escape(state.text) or escape(f"{state.note}…")
            self._stream.show_html(f"<p style='white-space:pre-wrap'>{text}</p>", "Answer")

    def _show_head(self, state: ClaimsState) -> None:
        self._title.setText("The model's answer here" if state.is_live else "The answer")
        self._chip.setVisible(state.is_live)
        self._chip.setText(f"Seed {state.seed}")
        judged = sum(verdict is not None for verdict in state.verdicts)
        self._bar.setVisible(state.phase == "open")
        self._bar.setValue(round(1000 * judged / max(1, len(state.verdicts))))
        self._bar.setAccessibleDescription(f"{judged} of {len(state.verdicts)}")
        words = f"{judged} of {len(state.verdicts)} judged" if state.phase == "open" else ""
        if state.tries_left is not None and not state.is_live:
            left = state.tries_left
            words = "No tries left" if left == 0 else f"{left} {'try' if left == 1 else 'tries'} left"
        self._left.setText(words)

    def _show_sandbox(self, state: ClaimsState) -> None:
        wanted = bool(state.claims.prompt) and state.sandbox.phase == "off"
        self.sandbox.say(
            f"No live answer now. {state.sandbox.problem}" if wanted else "", "danger", action="Start again"
        )

    def _announce(self, text: str) -> None:
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.result, text))

    # -- what is done ------------------------------------------------------------------------------------------------

    def _on_key(self, event: QKeyEvent) -> bool:
        """S and N judge the selected claim, arrows move; False for a key that means nothing here."""
        state, key = self._model.state, event.key()
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.ShiftModifier:
            return False
        moves = {
            Qt.Key.Key_Up: state.current - 1, Qt.Key.Key_Down: state.current + 1,
            Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(self.rows) - 1,
        }  # fmt: skip
        if key in moves:
            self._model.select(moves[Qt.Key(key)])
        elif key in (Qt.Key.Key_S, Qt.Key.Key_N) and state.phase == "open":
            self._model.judge_and_go_on(key == Qt.Key.Key_S)
        else:
            return False
        self._focus_current()
        return True

    def _focus_current(self) -> None:
        if self.rows:
            current = self.rows[self._model.state.current]
            current.setFocus(Qt.FocusReason.TabFocusReason)
            if (area := self._area()) is not None:
                area.ensureWidgetVisible(current, 0, self._theme.px(16))

    def _check(self) -> None:
        if self._model.state.can_check:
            self._model.check()
            self._focus_current()
            area = self._area()
            if area is not None and area.widget() is not None:  # the result is read first
                area.widget().adjustSize()
                area.verticalScrollBar().setValue(max(0, self.mapTo(area.widget(), self.rect().topLeft()).y() - 12))

    def _on_again_clicked(self) -> None:
        self._model.try_again()
        self._focus_current()

    def _on_search_wanted(self) -> None:
        self.source.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.source.search.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        """From now on the source comes along when the page is scrolled."""
        super().showEvent(event)
        if (area := self._area()) is not None:
            area.verticalScrollBar().valueChanged.connect(self._follow, Qt.ConnectionType.UniqueConnection)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One above the other where there is no room for both side by side."""
        super().resizeEvent(event)
        narrow = self._is_stacked()
        self._sides.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self._follow()

    def _is_stacked(self) -> bool:
        return self.width() < self._theme.px(_STACKED_PX)

    def _area(self) -> QScrollArea | None:
        area: QWidget | None = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        return area

    @Slot()
    def _follow(self) -> None:
        """Keep the source beside the claims that are in view."""
        area, down = self._area(), 0
        if area is not None and not self._is_stacked():
            top = self.mapTo(area.viewport(), self.rect().topLeft()).y()
            down = min(max(0, 8 - top), max(0, self.height() - self._paper.sizeHint().height()))
        if down != self._above.height():
            self._above.setFixedHeight(down)


def _result_tone(result: ClaimsScore | None) -> str:
    if result is None or not result.scored:
        return "plain"
    return "good" if result.right == result.scored else "caution"


def _result_html(state: ClaimsState) -> str:
    result = state.result
    if result is None:
        return ""
    if not result.scored:
        return (
            "No claim of this answer has a key, so nothing is scored. Compare your verdicts with the source yourself."
        )
    parts = [f"<b>{result.right} of {result.scored} right.</b>"]
    for places, done, kind in ((result.believed, "believed", "wrong"), (result.distrusted, "distrusted", "right")):
        if places:
            quoted = "; ".join(f"“{escape(_short(state.keys[at].claim.text))}”" for at in places)
            parts.append(f"You {done} {len(places)} {kind} claim{'s' if len(places) > 1 else ''}: {quoted}.")
    if result.right == result.scored:
        parts.append("You believed no wrong claim and distrusted no right one.")
    if result.unscored:
        many = len(result.unscored)
        parts.append(
            f"{_counted(many)} {'has' if many == 1 else 'have'} no key and {'does' if many == 1 else 'do'} not count."
        )
    if not state.counts and state.is_live:
        parts.append("This is practice: the lesson counts its own answer.")
    return " ".join(parts)


def _counted(number: int) -> str:
    return "1 claim" if number == 1 else f"{number} claims"


def _short(text: str) -> str:
    bare = text.rstrip(".;")
    return bare if len(bare) <= 80 else f"{bare[:79].rsplit(' ', 1)[0]}…"
