"""Questions as native widgets: a card around one kind of input each."""

from __future__ import annotations
