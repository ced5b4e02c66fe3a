"""A filled prompt on its way out: each form, and the guard before it."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.guard.redact import restore
from desktop_app.guard.scan import scan
from desktop_app.jobs import finish
from desktop_app.policy.vocabulary import DATA_CLASSES
from desktop_app.prompts.copying import COPY_FORMS, copied, read, redacted, where_it_may_go
from desktop_app.prompts.prompt import Message

SEVERAL = (
    Message("system", "Be short.\nBe kind."),
    Message("user", "Ask"),
    Message("assistant", "Tell\n"),
    Message("user", "Ask again"),
)
ONE = (Message("user", "One\nTwo\n\nThree"),)


def test_one_message_is_copied_as_it_is() -> None:
    assert copied(ONE, "text").text == "One\nTwo\n\nThree"
    assert copied(ONE, "text").html == ""


def test_several_messages_are_titled_by_who_speaks() -> None:
    assert copied(SEVERAL, "text").text == (
        "Instructions:\nBe short.\nBe kind.\n\nRequest:\nAsk\n\nAnswer:\nTell\n\nRequest:\nAsk again"
    )


def test_markdown_has_headings_and_keeps_lines_apart() -> None:
    assert copied(SEVERAL[:2], "markdown").text == "## Instructions\n\nBe short.  \nBe kind.\n\n## Request\n\nAsk"
    assert copied(ONE, "markdown").text == "One  \nTwo\n\nThree"


def test_markdown_leaves_code_alone() -> None:
    code = "```\na = 1\nb = 2\n```"
    assert copied((Message("user", code),), "markdown").text == code


def test_rich_text_comes_with_plain_text_beside_it() -> None:
    both = copied(SEVERAL[:2], "html")
    assert both.text == copied(SEVERAL[:2], "text").text
    assert both.html == "<p><b>Instructions</b></p><p>Be short.<br>Be kind.</p><p><b>Request</b></p><p>Ask</p>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("- one\n- two", "<ul><li>one</li><li>two</li></ul>"),
        ("1. one\n2) two", "<ol><li>one</li><li>two</li></ol>"),
        ("- one\nnot a point", "<p>- one<br>not a point</p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("  two  spaces", "<p>&nbsp;&nbsp;two&nbsp;&nbsp;spaces</p>"),
        ("\n\nafter\n\n\n\nmore\n", "<p>after</p><p>more</p>"),
    ],
)
def test_rich_text_has_paragraphs_lists_and_nothing_that_was_typed_as_html(text: str, html: str) -> None:
    assert copied((Message("user", text),), "html").html == html


class Said(HTMLParser):
    """The tags and the text of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(alphabet=st.sampled_from("ab<>&\"' \t\n-*1.`")))
def test_rich_text_says_what_was_typed_whatever_it_was(text: str) -> None:
    said = Said(copied((Message("user", text),), "html").html)
    assert said.tags <= {"p", "br", "ul", "ol", "li"}
    letters = [char for char in said.text if char in "ab<>&\"'`"]
    assert letters == [char for char in text if char in "ab<>&\"'`"]


# -- the guard -----------------------------------------------------------------------------------------------------------

LEAKS = (
    Message("system", "Write to ines.falk@norwind.example."),
    Message("user", "From ines.falk@norwind.example, card 4111 1111 1111 1111, copy to bo@norwind.example."),
)


def test_the_guard_reads_all_messages() -> None:
    reading = finish(read(LEAKS))
    assert sorted(found.kind for found in reading.findings) == ["card", "email", "email", "email"]


def test_placeholders_mean_the_same_in_every_message_and_lead_back() -> None:
    messages, replacements = redacted(finish(read(LEAKS)))
    assert [message.role for message in messages] == ["system", "user"]
    assert messages[0].content == "Write to [EMAIL-1]."
    assert messages[1].content == "From [EMAIL-1], card [CARD-1], copy to [EMAIL-2]."
    assert restore(messages[1].content, replacements) == LEAKS[1].content


def test_what_reaches_from_one_message_into_the_next_is_hidden_too() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n"
    messages, _ = redacted(
        finish(read((Message("user", key), Message("user", "MIIEvQIBADAN\n-----END PRIVATE KEY-----"))))
    )
    assert not any("MIIE" in message.content for message in messages)


@given(st.lists(st.text(alphabet=st.sampled_from("a \n\x1e@.1"), max_size=30), min_size=1, max_size=4))
def test_nothing_but_findings_is_changed(contents: list[str]) -> None:
    messages = tuple(Message("user", content) for content in contents)
    reading = finish(read(messages))
    if not reading.findings:
        assert redacted(reading)[0] == messages
    assert not scan("".join(message.content for message in redacted(reading)[0])) or reading.findings


def test_every_data_class_and_form_has_words() -> None:
    assert all(where_it_may_go(name) for name in DATA_CLASSES)
    assert list(COPY_FORMS) == ["text", "markdown", "html"]
    assert "Public AI services" not in where_it_may_go("public")
