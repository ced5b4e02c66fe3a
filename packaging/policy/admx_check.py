"""Whether an ADMX file and the texts of one language fit together, by Microsoft's description of their schema.

No schema ships with this checkout, so the rules that tools stumble over are checked one by one: root and namespace, unique names,
references that exist, the order of a policy's parts, and an element and a control of the same kind for each value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from policy.admx import NAMESPACE

_NS = {"p": NAMESPACE}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_PARTS = ("parentCategory", "supportedOn", "enabledValue", "disabledValue", "elements")  # in the schema's order
_CONTROLS = {"decimal": "decimalTextBox", "text": "textBox", "list": "listBox"}


def problems(admx: str, adml: str) -> list[str]:
    """What is wrong, a sentence each; [] if a Group Policy editor can use the two."""
    try:
        definitions, texts = ElementTree.fromstring(admx.encode()), ElementTree.fromstring(adml.encode())
    except ElementTree.ParseError as exc:
        return [f"not well-formed: {exc}"]
    return [
        *_roots(definitions, texts),
        *_names(definitions, texts),
        *_references(definitions, texts),
        *_policies(definitions, texts),
    ]


def _roots(definitions: Element, texts: Element) -> Iterator[str]:
    for root, name in ((definitions, "policyDefinitions"), (texts, "policyDefinitionResources")):
        if root.tag != f"{{{NAMESPACE}}}{name}":
            yield f"{root.tag} is not {name} in Microsoft's namespace"
        for attribute in ("revision", "schemaVersion"):
            if not re.fullmatch(r"\d+\.\d+", root.get(attribute, "")):
                yield f"{name} has no {attribute}"
    if definitions.find("p:policyNamespaces/p:target", _NS) is None:
        yield "the file names no namespace of its own"
    if definitions.find("p:resources[@minRequiredRevision]", _NS) is None:
        yield "resources say no revision"


def _names(definitions: Element, texts: Element) -> Iterator[str]:
    for root, path, attribute in (
        (definitions, ".//p:policy", "name"),
        (definitions, ".//p:category", "name"),
        (definitions, ".//p:definition", "name"),
        (texts, ".//p:string", "id"),
        (texts, ".//p:presentation", "id"),
    ):
        found = [element.get(attribute, "") for element in root.iterfind(path, _NS)]
        yield from (f"{name!r} is no name" for name in found if not _NAME.fullmatch(name))
        yield from (f"{name} stands there twice" for name in sorted({name for name in found if found.count(name) > 1}))
    values = [
        (policy.get("key"), element.get("valueName") or element.get("key"))
        for policy in definitions.iterfind(".//p:policy", _NS)
        for element in (policy, *policy.iterfind("p:elements/*", _NS))
        if element.get("valueName") or element is not policy
    ]
    yield from (f"{value} is written by two policies" for value in sorted({v for v in values if values.count(v) > 1}))


def _references(definitions: Element, texts: Element) -> Iterator[str]:
    strings = {one.get("id"): one.text for one in texts.iterfind(".//p:string", _NS)}
    presentations = {one.get("id") for one in texts.iterfind(".//p:presentation", _NS)}
    categories = {one.get("name") for one in definitions.iterfind(".//p:category", _NS)}
    supported = {one.get("name") for one in definitions.iterfind(".//p:definition", _NS)}
    for element in definitions.iter():
        for value in element.attrib.values():
            if found := re.fullmatch(r"\$\((string|presentation)\.(.+)\)", value):
                there = strings.get(found[2]) if found[1] == "string" else found[2] in presentations
                if not there:
                    yield f"{value} is not in the language's texts"
    for path, known in ((".//p:parentCategory", categories), (".//p:policy/p:supportedOn", supported)):
        for element in definitions.iterfind(path, _NS):
            if element.get("ref") not in known:
                yield f"{element.get('ref')} is referred to and not there"


def _policies(definitions: Element, texts: Element) -> Iterator[str]:
    presentations = {one.get("id"): one for one in texts.iterfind(".//p:presentation", _NS)}
    for policy in definitions.iterfind(".//p:policy", _NS):
        name = policy.get("name")
        missing = [one for one in ("class", "displayName", "explainText", "key") if not policy.get(one)]
        yield from (f"{name} has no {one}" for one in missing)
        if policy.get("class") not in ("Machine", "User", "Both"):
            yield f"{name} is for no class of policy"
        parts = [part.tag.rpartition("}")[2] for part in policy]
        if parts != [part for part in _PARTS if part in parts]:
            yield f"{name} has its parts in another order: {', '.join(parts)}"
        elements = list(policy.iterfind("p:elements/*", _NS))
        if not elements:
            yield from _flag(policy)
            continue
        shown = presentations.get(policy.get("presentation", "")[len("$(presentation.") : -1])
        controls = {} if shown is None else {one.get("refId"): one.tag.rpartition("}")[2] for one in shown}
        for element in elements:
            yield from _element(str(name), element, controls)


def _flag(policy: Element) -> Iterator[str]:
    if not policy.get("valueName"):
        yield f"{policy.get('name')} writes no value"
    for part in ("enabledValue", "disabledValue"):
        if policy.find(f"p:{part}/p:decimal[@value]", _NS) is None:
            yield f"{policy.get('name')} has no {part}"


def _element(policy: str, element: Element, controls: dict[str | None, str]) -> Iterator[str]:
    kind, name = element.tag.rpartition("}")[2], element.get("id")
    if kind not in _CONTROLS:
        yield f"{policy} has an element {kind} that is not known"
    elif controls.get(name) != _CONTROLS[kind]:
        yield f"{policy} has no {_CONTROLS[kind]} for {name}"
    if not (element.get("valueName") or (kind == "list" and element.get("key"))):
        yield f"{policy} writes no value for {name}"
    if kind == "decimal" and not int(element.get("minValue", "0")) <= int(element.get("maxValue", "9999")):
        yield f"{policy} allows no number"
