"""Group policy templates for Windows: greenroom.admx and its texts in English and German.

Structure after Microsoft's description of the schema (learn.microsoft.com, "Group Policy ADMX Syntax Reference Guide"). No
namespace of Windows itself is used, so Intune takes the files in as they are. Each key is there twice: managed, which locks
it, and recommended, which sets a default.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from desktop_app.policy.keys import KEYS, PolicyKey
from desktop_app.policy.sources import REGISTRY_KEY
from policy import german

NAMESPACE = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions"
LANGUAGES = ("en-US", "de-DE")
_LONGEST_PATH = 1024


@dataclass(frozen=True, slots=True)
class _Words:
    """What one language says."""

    greenroom: str
    recommended: str
    supported: str
    default: str
    if_off: str
    keys: dict[str, tuple[str, str]]


_WORDS = {
    "en-US": _Words(
        "Greenroom",
        "Greenroom – defaults, not locked",
        "Greenroom 0.2 or newer",
        "(default)",
        "Not configured: the person decides, or the app's own value holds.",
        {key.name: (key.title, key.help) for key in KEYS.values()},
    ),
    "de-DE": _Words(german.GREENROOM, german.RECOMMENDED, german.SUPPORTED, german.DEFAULT, german.IF_OFF, german.KEYS),
}
# (what a policy's name ends in, its category, its registry key)
_LEVELS = (("", "Greenroom", REGISTRY_KEY), ("_recommended", "GreenroomRecommended", rf"{REGISTRY_KEY}\Recommended"))


def admx() -> str:
    """The text of greenroom.admx."""
    root = _root("policyDefinitions")
    spaces = SubElement(root, "policyNamespaces")
    SubElement(spaces, "target", prefix="greenroom", namespace="Greenroom.Policies.Greenroom")
    SubElement(root, "resources", minRequiredRevision="1.0")
    definitions = SubElement(SubElement(root, "supportedOn"), "definitions")
    SubElement(definitions, "definition", name="SUPPORTED_GREENROOM", displayName="$(string.SUPPORTED_GREENROOM)")
    categories = SubElement(root, "categories")
    for _, category, _ in _LEVELS:
        SubElement(categories, "category", name=category, displayName=f"$(string.{category})")
    policies = SubElement(root, "policies")
    for end, category, registry_key in _LEVELS:
        for key in KEYS.values():
            _add_policy(policies, key, end, category, registry_key)
    return _text(root)


def adml(language: str) -> str:
    """The text of greenroom.adml in a language of LANGUAGES."""
    words = _WORDS[language]
    root = _root("policyDefinitionResources")
    SubElement(root, "displayName").text = words.greenroom
    SubElement(root, "description").text = words.greenroom
    resources = SubElement(root, "resources")
    strings, presentations = SubElement(resources, "stringTable"), SubElement(resources, "presentationTable")
    for name, text in (
        ("SUPPORTED_GREENROOM", words.supported), ("Greenroom", words.greenroom), ("GreenroomRecommended", words.recommended),
    ):  # fmt: skip
        SubElement(strings, "string", id=name).text = text
    for end, _, _ in _LEVELS:
        for key in KEYS.values():
            title, about = words.keys[key.name]
            SubElement(strings, "string", id=key.name + end).text = f"{title} {words.default}" if end else title
            SubElement(strings, "string", id=f"{key.name}{end}_help").text = f"{about}\n\n{words.if_off}"
            if key.type != "flag":
                _add_presentation(presentations, key, end, title)
    return _text(root)


def _add_policy(policies: Element, key: PolicyKey, end: str, category: str, registry_key: str) -> None:
    name = key.name + end
    policy = SubElement(
        policies,
        "policy",
        {
            "name": name,
            "class": "Machine",
            "displayName": f"$(string.{name})",
            "explainText": f"$(string.{name}_help)",
            "key": registry_key,
        },
    )
    SubElement(policy, "parentCategory", ref=category)
    SubElement(policy, "supportedOn", ref="SUPPORTED_GREENROOM")
    if key.type == "flag":
        policy.set("valueName", key.name)
        for element, value in (("enabledValue", "1"), ("disabledValue", "0")):
            SubElement(SubElement(policy, element), "decimal", value=value)
        return
    policy.set("presentation", f"$(presentation.{name})")
    elements = SubElement(policy, "elements")
    if key.type == "days":
        given = {"valueName": key.name, "required": "true", "minValue": str(key.least), "maxValue": str(key.most)}
        SubElement(elements, "decimal", {"id": name} | given)
    elif key.type == "path":
        given = {"valueName": key.name, "required": "true", "maxLength": str(_LONGEST_PATH)}
        SubElement(elements, "text", {"id": name} | given)
    else:  # Windows writes a value for each text, named 1, 2, …
        SubElement(elements, "list", id=name, key=rf"{registry_key}\{key.name}", valuePrefix="")


def _add_presentation(presentations: Element, key: PolicyKey, end: str, title: str) -> None:
    name = key.name + end
    presentation = SubElement(presentations, "presentation", id=name)
    if key.type == "days":
        SubElement(presentation, "decimalTextBox", refId=name, defaultValue=str(key.example)).text = title
    elif key.type == "path":
        SubElement(SubElement(presentation, "textBox", refId=name), "label").text = title
    else:
        SubElement(presentation, "listBox", refId=name).text = title


def _root(name: str) -> Element:
    return Element(name, {"xmlns": NAMESPACE, "revision": "1.0", "schemaVersion": "1.0"})


def _text(root: Element) -> str:
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"
