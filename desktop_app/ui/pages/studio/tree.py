"""The list of a content folder: lessons with their problems, paths, documents, lists and images."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from desktop_app.lessons.content_folder import Entry
from desktop_app.ui.pages.studio.state import FolderState
from desktop_app.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_ENTRY = Qt.ItemDataRole.UserRole
_GROUPS = {"lesson": "Lessons", "path": "Paths", "document": "Documents", "list": "Lists"}
_ICONS = {"path": "route", "document": "file-text", "list": "list-checks", "image": "image"}


class ContentTree(QTreeView):
    """Signals: chosen(Entry), by a click or Enter; rename_asked(), trash_asked(), by F2 and Delete."""

    chosen = Signal(object)
    rename_asked = Signal()
    trash_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._items: dict[Path, QStandardItem] = {}
        self._model = QStandardItemModel(self)
        self._shown = QSortFilterProxyModel(self)
        self._shown.setSourceModel(self._model)
        self._shown.setRecursiveFilteringEnabled(True)
        self._shown.setAutoAcceptChildRows(True)
        self._shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._shown.setFilterRole(Qt.ItemDataRole.AccessibleTextRole)
        self.setModel(self._shown)
        self.setItemDelegate(_Delegate(theme, self))
        self.setHeaderHidden(True)
        self.setRootIsDecorated(True)
        self.setIndentation(theme.px(14))
        self.setAccessibleName("Files of the folder")
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.clicked.connect(self._on_activated)
        # the delegate draws the selection; the style's own would fill the indentation beside it
        self.setStyleSheet("ContentTree { selection-background-color: transparent; }")
        theme.changed.connect(self.viewport().update)

    def show_state(self, state: FolderState) -> None:
        """Show the entries; what is unfolded and current stays."""
        if {entry.path for entry in state.entries} != set(self._items):
            self._build(state.entries)
        for entry in state.entries:
            item = self._items[entry.path]
            if item.data(_ENTRY) != entry:
                _fill(item, entry)

    def filter(self, text: str) -> None:
        """Show only rows that have text in their name or title."""
        self._shown.setFilterFixedString(text.strip())
        if text.strip():
            self.expandAll()

    def mark(self, path: Path | None) -> None:
        """Make the open file's row current."""
        item = self._items.get(path) if path else None
        if item is not None:
            index = self._shown.mapFromSource(item.index())
            self.setCurrentIndex(index)
            self.scrollTo(index)

    @property
    def current(self) -> Entry | None:
        """The entry of the current row."""
        value = self.currentIndex().data(_ENTRY)
        return value if isinstance(value, Entry) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, F2 renames, Delete moves to the trash."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_activated(self.currentIndex())
        elif event.key() == Qt.Key.Key_F2:
            self.rename_asked.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.trash_asked.emit()
        else:
            super().keyPressEvent(event)

    def _on_activated(self, index: QModelIndex) -> None:
        entry = index.data(_ENTRY)
        if isinstance(entry, Entry):
            self.chosen.emit(entry)
        elif index.isValid():
            self.setExpanded(index, not self.isExpanded(index))

    def _build(self, entries: tuple[Entry, ...]) -> None:
        current = self.current
        open_lessons = {
            path for path, item in self._items.items() if self.isExpanded(self._shown.mapFromSource(item.index()))
        }
        at = self.verticalScrollBar().value()
        self._model.clear()
        self._items = {}
        for kind, title in _GROUPS.items():
            rows = [entry for entry in entries if entry.kind == kind]
            if not rows:
                continue
            group = QStandardItem(f"{title}  {len(rows)}")
            group.setData(f"{title}, {len(rows)}", Qt.ItemDataRole.AccessibleTextRole)
            group.setSelectable(False)
            self._model.appendRow(group)
            for entry in rows:
                group.appendRow(self._item(entry))
        for entry in entries:
            if entry.kind == "image":
                lesson = next((e for e in entries if e.kind == "lesson" and e.lesson == entry.lesson), None)
                parent = self._items.get(lesson.path) if lesson else None
                (parent or self._model.invisibleRootItem()).appendRow(self._item(entry))
        for row in range(self._shown.rowCount()):
            self.setExpanded(self._shown.index(row, 0), True)
        for path in open_lessons & set(self._items):
            self.setExpanded(self._shown.mapFromSource(self._items[path].index()), True)
        self.mark(current.path if current else None)
        self.verticalScrollBar().setValue(at)

    def _item(self, entry: Entry) -> QStandardItem:
        item = QStandardItem()
        _fill(item, entry)
        self._items[entry.path] = item
        return item


def problems_in_words(entry: Entry) -> str:
    """ "2 errors, 1 warning"; "no problems"; "" before the file was checked."""
    if entry.errors is None:
        return ""
    counts = [(entry.errors, "error"), (entry.warnings, "warning")]
    said = ", ".join(f"{count} {noun}{'s' if count > 1 else ''}" for count, noun in counts if count)
    return said or "no problems"


def _fill(item: QStandardItem, entry: Entry) -> None:
    problems = "" if entry.kind == "image" else problems_in_words(entry)
    item.setText(entry.title)
    item.setData(entry, _ENTRY)
    said = ", ".join(filter(None, (entry.title, entry.id, entry.state, problems)))
    item.setData(said, Qt.ItemDataRole.AccessibleTextRole)
    item.setToolTip(f"{entry.title}\n{entry.path}")


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QTreeView) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Two lines for lessons, one for the rest."""
        entry = index.data(_ENTRY)
        lines = QFontMetrics(self._theme.font("body")).height() + 12
        if isinstance(entry, Entry) and entry.kind == "lesson":
            lines += QFontMetrics(self._theme.font("small")).height()
        return QSize(100, lines)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """A sign for the kind or the problems, the title, and below it the id with state and problems."""
        theme, t = self._theme, self._theme.tokens
        entry = index.data(_ENTRY)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(0, 1, -2, -1)
        if not isinstance(entry, Entry):
            painter.setFont(theme.font("small", 600))
            painter.setPen(QColor(t.muted))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), str(index.data() or ""))
            painter.restore()
            return
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = selected and bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QColor(t.accent) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.accent_soft if selected else t.sunken if hover else t.surface))
        painter.drawRoundedRect(box, 8, 8)
        icon, color = _sign(entry)
        size = theme.px(16)
        body, small = QFontMetrics(theme.font("body")), QFontMetrics(theme.font("small"))
        top = box.top() + 5
        painter.drawPixmap(box.left() + 5, top + (body.height() - size) // 2, theme.pixmap(icon, color, 16))
        left, room = box.left() + size + 12, box.width() - size - 18
        painter.setFont(theme.font("body", 500 if selected else 400))
        painter.setPen(QColor(t.text))
        painter.drawText(left, top + body.ascent(), body.elidedText(entry.title, Qt.TextElideMode.ElideRight, room))
        if entry.kind == "lesson":
            problems = problems_in_words(entry) if entry.errors or entry.warnings else ""
            words = " · ".join(filter(None, (problems, entry.state, entry.id)))
            painter.setFont(theme.font("small"))
            painter.setPen(QColor(t.muted))
            painter.drawText(
                left, top + body.height() + small.ascent(), small.elidedText(words, Qt.TextElideMode.ElideRight, room)
            )
        painter.restore()


def _sign(entry: Entry) -> tuple[str, str]:
    if entry.kind == "image" or (entry.kind != "lesson" and not entry.errors):
        return _ICONS[entry.kind], "muted"
    if entry.errors is None:
        return "circle", "edge"
    if entry.errors:
        return "circle-x", "danger"
    return ("triangle-alert", "caution") if entry.warnings else ("circle-check", "good")
