"""QTI 3 packages as a strict delivery system reads them: is everything valid, and what score does an answer get.

Rules beyond the grammars in tests/data/schemas: QTI 3.0 ASI information model, "ResponseDeclaration" (a variable is bound to one
and only one interaction), the sections of each interaction (cardinality and base-type), "Mapping", "ModalFeedback"; Packaging
("every file is listed, references resolve").
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
QTI = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"
CP = "{http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1}"
ITEM_TYPE, TEST_TYPE = "imsqti_item_xmlv3p0", "imsqti_test_xmlv3p0"
Value = float | str | bool | tuple[str, ...] | None

# interaction → cardinality and base-type its response variable must have; a choice of one is single
BOUND = {
    "qti-text-entry-interaction": ("single", "string"),
    "qti-inline-choice-interaction": ("single", "identifier"),
    "qti-match-interaction": ("multiple", "directedPair"),
    "qti-order-interaction": ("ordered", "identifier"),
}


def grammar(name: str) -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(SCHEMAS / name))


def check(files: Mapping[str, bytes]) -> dict[str, etree._Element]:
    """The roots of all items by their file name; fails on the first thing that is not valid."""
    manifest = etree.fromstring(files["imsmanifest.xml"])
    grammar("qti3-manifest.rng").assertValid(manifest)
    asi = grammar("qti3.rng")
    listed = [file.get("href") for file in manifest.iter(f"{CP}file")]
    assert set(listed) | {"imsmanifest.xml"} == set(files), "every file is listed, every listed file is there"
    roots, found = {}, {}
    for resource in manifest.iter(f"{CP}resource"):
        root = etree.fromstring(files[resource.get("href")])
        asi.assertValid(root)
        roots[resource.get("href")] = root
        found[resource.get("identifier")] = resource
        is_test = root.tag == f"{QTI}qti-assessment-test"
        assert resource.get("type") == (TEST_TYPE if is_test else ITEM_TYPE)
        images = {_resolved(resource, img.get("src")) for img in root.iter(f"{QTI}img")}
        assert images <= {file.get("href") for file in resource.iter(f"{CP}file")}
    for href, root in roots.items():
        if root.tag == f"{QTI}qti-assessment-test":
            _check_test(href, root, roots)
        else:
            _check_item(root)
    return {href: root for href, root in roots.items() if root.tag == f"{QTI}qti-assessment-item"}


def _resolved(resource: etree._Element, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(resource.get("href")), unquote(address)))


def _check_test(href: str, root: etree._Element, roots: Mapping[str, etree._Element]) -> None:
    parts = [*root.iter(f"{QTI}qti-assessment-section"), *root.iter(f"{QTI}qti-assessment-item-ref")]
    names = [part.get("identifier") for part in parts]
    assert len(set(names)) == len(names), "identifiers are unique within a test"
    for ref in root.iter(f"{QTI}qti-assessment-item-ref"):
        item = roots[posixpath.normpath(posixpath.join(posixpath.dirname(href), ref.get("href")))]
        assert item.get("identifier") == ref.get("identifier")


def _check_item(root: etree._Element) -> None:
    responses = {one.get("identifier"): one for one in root.iter(f"{QTI}qti-response-declaration")}
    outcomes = {one.get("identifier"): one for one in root.iter(f"{QTI}qti-outcome-declaration")}
    interactions = [one for one in root.iter() if isinstance(one.tag, str) and one.tag.endswith("-interaction")]
    assert sorted(one.get("response-identifier") for one in interactions) == sorted(responses)
    names: list[str] = []
    for interaction in interactions:
        declared = responses[interaction.get("response-identifier")]
        kind = interaction.tag.removeprefix(QTI)
        single = ("single" if interaction.get("max-choices") == "1" else "multiple", "identifier")
        assert (declared.get("cardinality"), declared.get("base-type")) == BOUND.get(kind, single)
        choices = [one.get("identifier") for one in interaction.iter() if one.get("identifier")]
        names += choices
        if declared.get("base-type") != "string":
            used = [value.text for value in declared.iter(f"{QTI}qti-value")]
            used += [entry.get("map-key") for entry in declared.iter(f"{QTI}qti-map-entry")]
            assert {name for text in used for name in text.split()} <= set(choices)
        keys = [entry.get("map-key") for entry in declared.iter(f"{QTI}qti-map-entry")]
        assert len(set(keys)) == len(keys)
    assert len(set(names)) == len(names), "choice identifiers are unique within an item"
    for used in root.find(f"{QTI}qti-response-processing").iter():
        if used.tag in (f"{QTI}qti-variable", f"{QTI}qti-map-response", f"{QTI}qti-correct"):
            assert used.get("identifier") in responses | outcomes
        elif used.tag == f"{QTI}qti-set-outcome-value":
            assert used.get("identifier") in outcomes
    shown = [one.get("identifier") for one in root.iter(f"{QTI}qti-modal-feedback")]
    assert len(set(shown)) == len(shown)
    for modal in root.iter(f"{QTI}qti-modal-feedback"):
        assert outcomes[modal.get("outcome-identifier")].get("base-type") == "identifier"


# -- response processing -------------------------------------------------------------------------------------------------


def process(item: etree._Element, responses: Mapping[str, Value]) -> dict[str, Value]:
    """The outcome variables after response processing; a response that is missing is NULL."""
    values: dict[str, Value] = {}
    for declared in item.iter(f"{QTI}qti-outcome-declaration"):
        text = declared.findtext(f".//{QTI}qti-value")
        values[declared.get("identifier")] = float(text) if text and declared.get("base-type") == "float" else text
    state = values | {
        one.get("identifier"): responses.get(one.get("identifier"))
        for one in item.iter(f"{QTI}qti-response-declaration")
    }
    for rule in item.find(f"{QTI}qti-response-processing"):
        setters = [rule]
        if rule.tag == f"{QTI}qti-response-condition":
            condition, *setters = rule[0]
            setters = setters if _value(condition, state, item) is True else []
        for setter in setters:
            state[setter.get("identifier")] = _value(setter[0], state, item)
    return {name: state[name] for name in values}


def _value(one: etree._Element, state: Mapping[str, Value], item: etree._Element) -> Value:
    inside = [_value(child, state, item) for child in one]
    match one.tag.removeprefix(QTI):
        case "qti-base-value":
            return float(one.text) if one.get("base-type") == "float" else one.text
        case "qti-variable":
            return state[one.get("identifier")]
        case "qti-map-response":
            return _mapped(_declaration(item, one), state[one.get("identifier")])
        case "qti-correct":
            return tuple(value.text for value in _declaration(item, one).find(f"{QTI}qti-correct-response"))
        case "qti-not":
            return None if inside[0] is None else not inside[0]
        case "qti-is-null":
            return inside[0] in (None, ())
        case "qti-index":
            place = int(one.get("n"))
            return inside[0][place - 1] if inside[0] and place <= len(inside[0]) else None
        case "qti-and":
            return False if False in inside else (None if None in inside else True)
        case "qti-or":
            return True if True in inside else (None if None in inside else False)
        case "qti-match":
            return None if None in inside else inside[0] == inside[1]
        case "qti-sum":
            return None if None in inside else sum(inside)
        case "qti-divide":
            return None if None in inside else inside[0] / inside[1]
        case "qti-multiple":
            return tuple(inside)
    raise AssertionError(one.tag)


def _declaration(item: etree._Element, one: etree._Element) -> etree._Element:
    return next(d for d in item.iter(f"{QTI}qti-response-declaration") if d.get("identifier") == one.get("identifier"))


def _mapped(declaration: etree._Element, response: Value) -> float:
    """Mapping: each value of the set counts once; the sum is kept within the bounds."""
    mapping = declaration.find(f"{QTI}qti-mapping")
    given = {response} if isinstance(response, str) else set(response or ())
    total = sum(_entry(mapping, value) for value in given)
    low, high = mapping.get("lower-bound"), mapping.get("upper-bound")
    total = max(total, float(low)) if low else total
    return min(total, float(high)) if high else total


def _entry(mapping: etree._Element, value: str) -> float:
    for entry in mapping:
        key = entry.get("map-key")
        same = key.lower() == value.lower() if entry.get("case-sensitive") == "false" else key == value
        if same:
            return float(entry.get("mapped-value"))
    return float(mapping.get("default-value"))
