"""Studio's actions: one table for menus, shortcuts and the palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from desktop_app.lessons.templates import SNIPPETS
from desktop_app.ui.pages.studio.exporting import formats
from desktop_app.ui.palette import Command
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import shortcut

if TYPE_CHECKING:
    from desktop_app.ui.pages.studio.page import StudioPage


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done: group is its menu, keys its shortcut; needs_file is False for what works without one."""

    name: str
    run: Callable[[], object]
    keys: str = ""
    group: str = ""
    needs_file: bool = True


class Actions:
    """Builds the menus of the workbench and knows what the palette offers."""

    def __init__(self, theme: Theme, page: StudioPage) -> None:
        self._page, self._theme = page, theme
        self.all = self._table()
        for action in self.all:
            if action.keys:
                shortcut(page.bench, action.keys, action.run)
        bench = page.bench
        shortcut(bench, "Ctrl+Shift+I", lambda: self._pop_up(self._insert_menu(), bench.insert_button))
        shortcut(bench, "Ctrl+Enter", bench.editor.toggle_right)
        bench.insert_button.clicked.connect(lambda: self._pop_up(self._insert_menu(), bench.insert_button))
        bench.more_button.clicked.connect(lambda: self._pop_up(self._more_menu(), bench.more_button))
        bench.new_button.clicked.connect(page.new_lesson)
        bench.save_button.clicked.connect(page.save)
        bench.try_button.clicked.connect(page.try_lesson)
        bench.tree.customContextMenuRequested.connect(
            lambda point: self._menu("File").popup(bench.tree.viewport().mapToGlobal(point))
        )

    def commands(self) -> list[Command]:
        """What the palette offers; only what works now."""
        has_file = self._page.file.state.path is not None
        found = [one for one in self.all if has_file or not one.needs_file]
        prefix = {"Insert": "Insert: ", "Export": "Export: "}
        return [Command("Studio", prefix.get(one.group, "") + one.name, one.run) for one in found]

    def _table(self) -> tuple[Action, ...]:
        page, bench, editor, find = self._page, self._page.bench, self._page.bench.editor, self._page.bench.find
        problems = bench.problems
        return (
            Action("Save", page.save, "Ctrl+S"),
            Action("Try the lesson", page.try_lesson, "F5"),
            Action("New lesson…", page.new_lesson, "Ctrl+N", "New", needs_file=False),
            Action("New path…", page.new_path, "", "New", needs_file=False),
            Action("New document…", page.new_document, "", "New", needs_file=False),
            Action("Open a folder…", page.ask_folder, "Ctrl+O", "Folder", needs_file=False),
            Action("Read the folder again", page.folder.reload, "", "Folder", needs_file=False),
            Action("Duplicate the lesson", page.duplicate, "Ctrl+Shift+D", "File"),
            Action("Change the lesson's id…", page.rename, "", "File"),
            Action("Move to the trash", page.trash, "", "File"),
            Action("Find…", find.open, "Ctrl+F", "Edit"),
            Action("Replace…", partial(find.open, replace=True), "Ctrl+H", "Edit"),
            Action("Find the next one", find.find_next, "F3", "Edit"),
            Action("Find the one before", partial(find.find_next, back=True), "Shift+F3", "Edit"),
            Action("Go to line…", find.ask_line, "Ctrl+G", "Edit"),
            Action("Bold", partial(editor.format_selection, "**"), "Ctrl+B", "Format"),
            Action("Italic", partial(editor.format_selection, "*"), "Ctrl+I", "Format"),
            Action("Link", partial(editor.format_selection, "link"), "Ctrl+Shift+K", "Format"),
            Action("Mark the option as right or wrong", editor.toggle_right, "Ctrl+Return", "Format"),
            Action("Next problem", lambda: problems.step(editor.line), "F8", "Problems"),
            Action("Problem before", lambda: problems.step(editor.line, back=True), "Shift+F8", "Problems"),
            Action("Show or hide the files", bench.toggle_files, "Ctrl+Shift+E", "View", needs_file=False),
            Action("Show or hide the preview", bench.toggle_preview, "Ctrl+Shift+P", "View"),
            Action("Next part", bench.next_part, "F6", "View", needs_file=False),
            Action("Part before", partial(bench.next_part, back=True), "Shift+F6", "View", needs_file=False),
            Action("Larger text", partial(editor.zoom_by, 1), "", "View"),
            Action("Smaller text", partial(editor.zoom_by, -1), "", "View"),
            Action("Text at 100 %", partial(editor.set_zoom, 100), "", "View"),
            *(Action(one.title, partial(page.insert, one.name), "", "Insert") for one in SNIPPETS),
            *(Action(name, partial(page.export, form, suffix), "", "Export") for form, name, suffix, _ in formats()),
        )

    def _insert_menu(self) -> QMenu:
        menu = QMenu(self._page)
        group = ""
        for one in SNIPPETS:
            if one.group != group:
                group = one.group
                if menu.actions():
                    menu.addSeparator()
                menu.addAction(f"{group}s").setEnabled(False)  # a heading: the style sheet draws none for sections
            menu.addAction(one.title, partial(self._page.insert, one.name))
        return menu

    def _more_menu(self) -> QMenu:
        menu = QMenu(self._page)
        for group in ("New", "Folder", "File"):
            self._fill(menu, group)
            menu.addSeparator()
        for group in ("Edit", "Format", "View", "Problems"):
            self._fill(menu.addMenu(group), group)
        menu.addSeparator()
        self._fill(menu.addMenu("Export the lesson"), "Export")
        menu.setToolTipsVisible(True)
        return menu

    def _menu(self, group: str) -> QMenu:
        menu = QMenu(self._page)
        self._fill(menu, group)
        return menu

    def _fill(self, menu: QMenu, group: str) -> None:
        has_file = self._page.file.state.path is not None or self._page.bench.tree.current is not None
        for action in self.all:
            if action.group == group:
                keys = f"\t{action.keys.replace('Return', 'Enter')}" if action.keys else ""
                made = menu.addAction(action.name + keys, action.run)
                made.setEnabled(has_file or not action.needs_file)

    def _pop_up(self, menu: QMenu, button: QWidget) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
