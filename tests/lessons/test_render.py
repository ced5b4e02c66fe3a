"""Markdown becomes HTML that can do nothing but be read."""

from __future__ import annotations

import re
import threading
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.lessons.render import ATTRIBUTES, TAGS, is_link, is_pack_path, plain_text, render_html, render_inline


def test_blocks() -> None:
    html = render_html(
        "# A\n\n#1 b\n\n| a | b |\n|---|--:|\n| 1 | `2` |\n\n> **Tip:** x\n\n```python\nx < 1\n```\n\n3. c\n4. d"
    )
    assert "<h1>A</h1>" in html
    assert "<p>#1 b</p>" in html
    assert '<td align="right"><code>2</code></td>' in html
    assert re.search(r"<blockquote>\s*<p><strong>Tip:</strong> x</p>\s*</blockquote>", html)
    assert "<pre><code>x &lt; 1\n</code></pre>" in html
    assert '<ol start="3">' in html


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=c#d", "#step", "lesson:some-id", "lesson:a#b", "prompt:x@approved"]
)
def test_links_that_stay(address: str) -> None:
    assert is_link(address)
    assert f'<a href="{address}">x</a>' in render_html(f"[x]({address})")


@pytest.mark.parametrize(
    "address",
    ["http://example.org", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "file:///etc/passwd", "//host/x", "\\\\host\\x", "a.pdf",
     "/etc/passwd", "data:text/html,x", "mailto:a@example.org", "https:/x", "lesson:../x", "vbscript:x", "https://a\\b"],
)  # fmt: skip
def test_links_that_go(address: str) -> None:
    assert not is_link(address)
    html = render_html(f'<a href="{address}">x</a>\n\n[x](<{address}>)')
    assert "href" not in html


@pytest.mark.parametrize("address", ["a.png", "images/a b-1.png", "Bild_ü.png", "a.b.png", "x/y/z (1).png"])
def test_images_that_stay(address: str) -> None:
    assert is_pack_path(address)
    assert f'src="{address}"' in render_html(f'<img src="{address}" alt="a">')


@pytest.mark.parametrize(
    "address",
    ["../a.png", "a/../b.png", "/a.png", "\\\\host\\share\\x.png", "//host/x.png", "https://example.org/x.png", "file:a.png",
     "C:/a.png", ".hidden/a.png", "a/.hidden.png", "data:image/png;base64,x", "a\\b.png", "a%2e%2e/b.png", "", "a//b.png", "a/"],
)  # fmt: skip
def test_images_that_go(address: str) -> None:
    assert not is_pack_path(address)
    html = render_html(f'<img src="{address}" alt="a">\n\n![a](<{address}>)')
    assert "src" not in html
    assert 'alt="a"' in html


@pytest.mark.parametrize(
    "markdown",
    ["<script>alert(1)</script>", "<b onclick='x'>a</b>", "<style>b{}</style>", "<iframe src='https://x'></iframe>",
     "<p style='color: red' class='x' id='y'>a</p>", "<object data='x'></object>", "<svg><script>x</script></svg>", "<!-- note -->",
     "<form action='https://x'><input></form>", "<a href='https://x' target='_blank' rel='x'>a</a>"],
)  # fmt: skip
def test_html_that_goes(markdown: str) -> None:
    for html in (render_html(markdown), render_inline(markdown)):
        assert not re.search(r"script|style|on\w+=|iframe|class|id=|object|svg|note|form|input|target|rel=|alert", html)


def test_inline_keeps_one_line() -> None:
    assert render_inline("1. **a** `<b>`\n\n2. c") == "1. <strong>a</strong> <code>&lt;b&gt;</code> 2. c"
    assert render_inline("# not a heading") == "# not a heading"
    assert render_inline("> 5 & - x") == "&gt; 5 &amp; - x"
    assert render_inline("<script>x</script>a<hr>") == "a"


def test_plain_text_is_what_is_read_aloud() -> None:
    markdown = "A **b**\nc\n\n- x\n- y ![a picture](a.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\n1\n2\n```"
    assert plain_text(markdown) == "A b c\nx\ny a picture\na b\n1 2\n1\n2"
    assert plain_text("2 < 3 &amp; `<b>`") == "2 < 3 & <b>"


class _Allowed(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        for name, value in attrs:
            assert name in ATTRIBUTES[tag]
            assert name != "href" or is_link(value or "")
            assert name != "src" or is_pack_path(value or "")


MARKUP = st.lists(
    st.sampled_from(
        ["<", ">", "a", " ", "\n", "\n\n", '"', "'", "=", "`", "```", "[", "]", "(", ")", "!", "#", "- ", "1. ", "> ", "|", "---",
         "javascript:", "https://x", "<img src=", "<a href=", "<script>", "onerror=", "&#106;", "\\", "..", "/", "*", "_", "\t", "é"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.one_of(MARKUP, st.text()))
def test_nothing_else_comes_out(markdown: str) -> None:
    for html in (render_html(markdown), render_inline(markdown)):
        _Allowed().feed(html)
    assert plain_text(markdown) is not None


@pytest.mark.parametrize("piece", ["> ", "- ", "*", "_", "<b>", "[a](", "![", "(("])
def test_deep_nesting_ends(piece: str) -> None:
    assert "x" in plain_text(piece * 1000 + "x")
    assert "x" in render_inline(piece * 1000 + "x")
    assert render_html("**a**") == "<p><strong>a</strong></p>"  # what came before has no say in it


def test_more_brackets_than_prose_has_are_shown_as_typed() -> None:
    assert render_html("[" * 100_000 + "<b>") == f"<pre>{'[' * 100_000}&lt;b&gt;</pre>"
    assert plain_text("[x](#y)" * 2000) == "[x](#y)" * 2000


def test_threads_do_not_share_a_converter() -> None:
    found: list[str] = []
    texts = [f"**{n}** [x][a]\n\n[a]: https://example.org/{n}" for n in range(4)]

    def work(text: str) -> None:
        found.extend(render_html(text) for _ in range(20))

    threads = [threading.Thread(target=work, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {render_html(text) for text in texts}
