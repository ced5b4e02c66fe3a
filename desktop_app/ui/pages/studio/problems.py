"""What is wrong with the open file, as a list that leads to the place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from desktop_app.lessons.problem import RULES, Problem
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Icon, label, row

_Index = QModelIndex | QPersistentModelIndex
_PROBLEM = Qt.ItemDataRole.UserRole
_SIGNS = {"error": ("circle-x", "danger", "Error"), "warning": ("triangle-alert", "caution", "Warning")}
_MEANS = {
    "error": "Learners cannot open the lesson, or would see something broken, until it is corrected.",
    "warning": "The lesson works; learners get more from it when this is put right.",
}


class ProblemList(QWidget):
    """Signals: chosen(Problem), by a click or Enter."""

    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._icon = Icon(theme, "circle-check", "good", 16)
        self._words = label("", "strong")
        self._model = _Problems()
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Delegate(theme, self.list))
        self.list.setAccessibleName("Problems")
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(theme.px(34))
        self._detail = label("", "small", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        head = row(self._icon, self._words, 1, label("F8 next · Shift+F8 before", "small"))
        head.setContentsMargins(4, 2, 4, 0)
        box.addLayout(head)
        box.addWidget(self.list, 1)
        box.addWidget(self._detail)
        self.list.clicked.connect(self._choose)
        self.list.activated.connect(self._choose)
        self.list.selectionModel().currentChanged.connect(lambda current, _: self._explain(current))
        self.show_problems(())

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show these; the current one stays if it is still there."""
        if tuple(problems) == self._model.problems and self._words.text():
            return
        current = self.current
        self._model.show(tuple(problems))
        errors = sum(problem.severity == "error" for problem in problems)
        warnings = len(problems) - errors
        counts = [_counted(errors, "error"), _counted(warnings, "warning")]
        self._words.setText(", ".join(filter(None, counts)) or "No problems")
        self._icon.show_icon(
            *(
                ("circle-x", "danger")
                if errors
                else ("triangle-alert", "caution")
                if warnings
                else ("circle-check", "good")
            )
        )
        self.list.setVisible(bool(problems))
        self._detail.setVisible(bool(problems))
        self.setMaximumHeight(16_777_215 if problems else self.minimumSizeHint().height())
        same = [
            n
            for n, one in enumerate(problems)
            if current and (one.code, one.message) == (current.code, current.message)
        ]
        if problems:
            self.list.setCurrentIndex(self._model.index(same[0] if same else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The current problem stays in view."""
        super().resizeEvent(event)
        self.list.scrollTo(self.list.currentIndex())

    @property
    def current(self) -> Problem | None:
        """The problem of the current row."""
        value = self.list.currentIndex().data(_PROBLEM)
        return value if isinstance(value, Problem) else None

    def step(self, line: int, *, back: bool = False) -> None:
        """Choose the next problem below a line of the file, or above it; from the last one on to the first."""
        problems = self._model.problems
        if not problems:
            return
        rows = range(len(problems))
        if back:
            found = next((n for n in reversed(rows) if problems[n].line < line), len(problems) - 1)
        else:
            found = next((n for n in rows if problems[n].line > line), 0)
        self.list.setCurrentIndex(self._model.index(found))
        self.chosen.emit(problems[found])

    def _choose(self, index: QModelIndex) -> None:
        problem = index.data(_PROBLEM)
        if isinstance(problem, Problem):
            self.chosen.emit(problem)

    def _explain(self, index: QModelIndex) -> None:
        problem = index.data(_PROBLEM)
        if isinstance(problem, Problem):
            self._detail.setText(f"{problem.code}: {RULES[problem.code].title}. {_MEANS[problem.severity]}")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count > 1 else ''}" if count else ""


class _Problems(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.problems: tuple[Problem, ...] = ()

    def show(self, problems: tuple[Problem, ...]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.problems = problems
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One row per problem."""
        return 0 if parent.isValid() else len(self.problems)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The message, the sentence for screen readers, the problem itself."""
        if not index.isValid() or index.row() >= len(self.problems):
            return None
        problem = self.problems[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return problem.message
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_SIGNS[problem.severity][2]} {problem.code}, line {problem.line}: {problem.message}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{problem.message}\n{problem.code}: {RULES[problem.code].title}"
        return problem if role == _PROBLEM else None


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QListView) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """One line and air."""
        return QSize(200, QFontMetrics(self._theme.font("body")).height() + 10)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Sign, word, line, what is wrong, code."""
        theme, t = self._theme, self._theme.tokens
        problem: Problem = index.data(_PROBLEM)
        icon, color, word = _SIGNS[problem.severity]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(2, 1, -2, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = selected and bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QColor(t.accent) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.accent_soft if selected else t.surface))
        painter.drawRoundedRect(box, 6, 6)
        painter.drawPixmap(box.left() + 6, box.center().y() - theme.px(7), theme.pixmap(icon, color, 14))
        metrics = QFontMetrics(theme.font("body"))
        baseline = box.top() + (box.height() + metrics.ascent() - metrics.descent()) // 2
        left = box.left() + theme.px(26)
        place = f"{word}  line {problem.line}"
        painter.setFont(theme.font("body", 500))
        painter.setPen(QColor(getattr(t, color)))
        painter.drawText(left, baseline, place)
        left += QFontMetrics(theme.font("body", 500)).horizontalAdvance(place) + theme.px(10)
        code_width = metrics.horizontalAdvance(problem.code)
        painter.setFont(theme.font("body"))
        painter.setPen(QColor(t.text))
        room = box.right() - left - code_width - theme.px(16)
        painter.drawText(left, baseline, metrics.elidedText(problem.message, Qt.TextElideMode.ElideRight, max(0, room)))
        painter.setPen(QColor(t.muted))
        painter.drawText(box.right() - code_width - theme.px(6), baseline, problem.code)
        painter.restore()
