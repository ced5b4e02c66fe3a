"""Links in labels, such as those of a question or of its feedback."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


def follow_links(widget: QWidget, open_link: Callable[[str], object]) -> None:
    """Have the links in the labels of widget call open_link; where a label holds one already, also by keyboard."""
    for found in [*([widget] if isinstance(widget, QLabel) else []), *widget.findChildren(QLabel)]:
        if found.textFormat() == Qt.TextFormat.RichText:
            found.linkActivated.connect(open_link)
            if "<a " in found.text():
                found.setTextInteractionFlags(
                    Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
                )
                found.setFocusPolicy(Qt.FocusPolicy.TabFocus)
