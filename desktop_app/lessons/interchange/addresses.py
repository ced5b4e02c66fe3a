"""Links and images of foreign texts: what our reader opens stays, images in the source's folder are taken along."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

from desktop_app.lessons.interchange.markdown_text import literal
from desktop_app.lessons.lint_images import check_image
from desktop_app.lessons.problem import Problems
from desktop_app.lessons.render import is_link
from desktop_app.lessons.scan import Line, scan, without_code
from desktop_app.notes import Notes

# Alternatives start with different characters and lengths are bounded, so no text takes long.
_TARGET = r"\]\([ \t]*<?([^()\s<>]{0,1000}(?:\([^()\s]{0,200}\)[^()\s<>]{0,300})?)>?([^()\n]{0,300})\)"
_IMAGE = re.compile(r"(?<!\\)!\[((?:[^\[\]\\\n]|\\.){0,500})" + _TARGET)
_LINK = re.compile(r"(?<![\\!])\[((?:[^\[\]\\]|\\.|\[[^\[\]]{0,300}\]){0,500})" + _TARGET)
_AUTOLINK = re.compile(r"<([a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]{0,2000})>")
_DEFINITION = re.compile(r"^([ ]{0,3})\[([^\[\]]{1,200})\]:[ \t]*<?([^\s>]{1,2000})>?(.*)$", re.MULTILINE)
_IMG_TAG = re.compile(r"<img\b([^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_FOOTNOTE = re.compile(r"(?<![\\!])\[\^[^\[\]]{1,80}\]\(([^()\n]{1,1000})\)")
_TITLE = re.compile(r"""\s+(?:"[^"]*"|'[^']*')\s*$""")
_NO_NAME = re.compile(r"[^\w.-]+")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|\\\\")


class Images:
    """Finds the images of a source file in its own folder. files: name in the lesson's folder → where it is now."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder.resolve() if folder else None
        self.files: dict[str, Path] = {}

    def take(self, address: str) -> str | None:
        """The name in the lesson's folder for an image of the source's folder; None if there is no such image."""
        file = self._find(address)
        if file is None:
            return None
        for name, known in self.files.items():
            if known == file:
                return name
        stem, suffix = _NO_NAME.sub("-", file.stem).strip("-.") or "image", file.suffix.lower()
        name, count = f"{stem}{suffix}", 1
        while name in self.files:
            count += 1
            name = f"{stem}-{count}{suffix}"
        self.files[name] = file
        return name

    def _find(self, address: str) -> Path | None:
        if self._folder is None or _SCHEME.match(address):
            return None
        for name in (address, re.split(r"[?#]", address)[0], unquote(re.split(r"[?#]", address)[0])):
            try:
                file = (self._folder / name.replace("\\", "/")).resolve()
                inside = file.is_relative_to(self._folder) and file.is_file()
            except (OSError, ValueError):  # a name no system has: too long, or with a NUL
                continue
            if inside and not _faults(file):
                return file
        return None


def _faults(file: Path) -> bool:
    problems = Problems(file)
    check_image(file, file.name, problems, 1, 1)
    return any(problem.code == "L407" for problem in problems.found)


def image_markdown(alt: str, address: str, images: Images, notes: Notes, line: int) -> str:
    """Markdown for an image: itself if it is at hand, else a link to it or its description. alt is plain text."""
    shown = " ".join(alt.split())
    said = f'The image "{address[:80]}"'
    if name := images.take(address):
        if not shown:
            shown = Path(name).stem.replace("-", " ").replace("_", " ").strip() or "image"
            notes.changed(line, f"{said} had no description; its name stands in for one. Say what it shows.")
        if Path(name).name != address:
            notes.changed(line, f"{said} is now {name} in the lesson's folder.")
        return f"![{literal(shown)}]({name})"
    if _opens(address):
        notes.left_out(
            line, f"{said} is on the web, and lessons load nothing from there. A link to it stands in its place."
        )
        return f"[{literal(shown) or 'Image'}]({web_address(address)})"
    notes.left_out(line, f"{said} is not an image in the file's folder. Add it to the lesson by hand.")
    return literal(f"({shown})") if shown else ""


def link_markdown(markdown: str, address: str, notes: Notes, line: int) -> str:
    """Markdown for a link with this text: itself if the reader opens it, else its text and address."""
    if _opens(address) and markdown.strip():
        return f"[{markdown}]({web_address(address)})"
    notes.changed(line, f'The link to "{address[:80]}" is text now: lessons open https addresses only.')
    shown = literal(address) if not address.lower().startswith(("javascript:", "data:", "vbscript:")) else ""
    return f"{markdown} ({shown})" if markdown.strip() and shown else markdown or shown


def web_address(address: str) -> str:
    """An address without the characters that end it in Markdown."""
    return address.replace("(", "%28").replace(")", "%29").replace("[", "%5B").replace("]", "%5D")


def own_addresses(markdown: str, images: Images, notes: Notes, first_line: int) -> str:
    """Markdown in which every image and link is one that our reader shows; code stays as it is."""
    if "](" not in markdown and "<" not in markdown and "]:" not in markdown:
        return markdown
    found: list[str] = []
    chunk: list[Line] = []
    for line in [*scan(markdown.split("\n"), first_line)[0], Line(0, "", "close")]:
        if line.kind == "text" and not line.is_blank:
            chunk.append(line)
            continue
        if chunk:
            found.append(_own_chunk("\n".join(one.text for one in chunk), images, notes, chunk[0].number))
            chunk = []
        found.append(line.text)
    return "\n".join(found[:-1])


def _own_chunk(text: str, images: Images, notes: Notes, first_line: int) -> str:
    if "](" not in text and "<" not in text and "]:" not in text:
        return text

    def img_tag(found: re.Match[str], line: int) -> str:
        values = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(found[1])}
        return image_markdown(values.get("alt", ""), values.get("src", ""), images, notes, line)

    def image(found: re.Match[str], line: int) -> str:
        return image_markdown(re.sub(r"\\(.)", r"\1", found[1]), _address(found), images, notes, line)

    def footnote(found: re.Match[str], line: int) -> str:
        notes.changed(line, "A footnote stands in the text now.")
        return f"({found[1]})"

    def link(found: re.Match[str], line: int) -> str:
        return link_markdown(found[1], _address(found), notes, line)

    def autolink(found: re.Match[str], line: int) -> str:
        return found[0] if _opens(found[1]) else link_markdown("", found[1], notes, line)

    def definition(found: re.Match[str], line: int) -> str:
        if _opens(found[3]):
            return found[0]
        if found[2].startswith("^"):
            notes.changed(line, "A footnote is shown where it is written.")
        else:
            notes.changed(line, f'The address "{found[3][:80]}" is text now: lessons open https addresses only.')
        return f"{found[1]}\\[{found[2]}\\]: {literal(found[3])}{found[4]}"

    changes = (
        (_IMAGE, image),
        (_IMG_TAG, img_tag),
        (_FOOTNOTE, footnote),
        (_LINK, link),
        (_AUTOLINK, autolink),
        (_DEFINITION, definition),
    )
    for pattern, change in changes:
        text = _outside_code(pattern, change, text, first_line)
    return text


def _opens(address: str) -> bool:
    return address.startswith("https:") and is_link(address)


def _address(found: re.Match[str]) -> str:
    """Where a link or image leads: spaces belong to it, a title in quotes behind it does not."""
    return f"{found[2]}{_TITLE.sub('', found[3])}".strip()


def _outside_code(pattern: re.Pattern[str], change: Callable[[re.Match[str], int], str], text: str, first: int) -> str:
    """text with each match outside code changed; first is the line its first line has."""
    parts, done = [], 0
    for found in pattern.finditer(without_code(text)):
        whole = pattern.match(text, found.start())
        same = whole is not None and whole.end() == found.end()
        line = first + text.count("\n", 0, found.start())
        parts += [text[done : found.start()], change(whole if same and whole else found, line)]
        done = found.end()
    return "".join([*parts, text[done:]]) if parts else text
