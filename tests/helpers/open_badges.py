"""The rules of Open Badges 3.0 for the classes that our credentials use, as JSON Schema, written for this project.

Each definition names its class in the specification's data model (https://www.imsglobal.org/spec/ob/v3p0/#data-model:
which properties are required, their cardinality and their value types; the enumerations of AchievementType, ResultType
and ResultStatusType). The published schema files are not kept here: their licence does not allow to pass them on.
"""

from __future__ import annotations

from typing import Any


def _typed(class_name: str, required: list[str], /, **properties: Any) -> dict[str, Any]:
    """A class: type is a list that holds its name, and there are no properties but those of the class."""
    types = {"type": "array", "items": {"type": "string"}, "contains": {"const": class_name}}
    return {
        "type": "object", "required": ["type", *required], "properties": {"type": types, **properties},
        "additionalProperties": False,
    }  # fmt: skip


def _list(item: str, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/$defs/{item}"}, "minItems": least}


_TEXT = {"type": "string", "minLength": 1}
_URI = {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:."}  # RFC 3986, 3: a scheme and something after it
_TIME = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["@context", "id", "type", "issuer", "validFrom", "credentialSubject"],
    "properties": {
        "@context": {
            "type": "array",
            "minItems": 2,
            "prefixItems": [
                {"const": "https://www.w3.org/ns/credentials/v2"},
                {"type": "string", "pattern": r"^https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)?\.json$"},
            ],
            "items": _URI,
        },
        "id": _URI,
        "type": {
            "type": "array",
            "items": {"type": "string"},
            "allOf": [
                {"contains": {"const": "VerifiableCredential"}},
                {"contains": {"enum": ["AchievementCredential", "OpenBadgeCredential"]}},
            ],
        },
        "name": _TEXT,
        "issuer": {"$ref": "#/$defs/Profile"},
        "validFrom": _TIME,
        "validUntil": _TIME,
        "credentialSubject": {"$ref": "#/$defs/AchievementSubject"},
        "evidence": _list("Evidence"),
        "credentialSchema": _list("CredentialSchema"),
        "proof": {"$ref": "#/$defs/Proof"},
    },
    "additionalProperties": False,
    "$defs": {
        "Profile": _typed("Profile", ["id"], id=_URI, name=_TEXT, description=_TEXT, url=_URI),
        "AchievementSubject": _typed(
            "AchievementSubject", ["achievement"], id=_URI, identifier=_list("IdentityObject", 1),
            achievement={"$ref": "#/$defs/Achievement"}, result=_list("Result"),
        ) | {"anyOf": [{"required": ["id"]}, {"required": ["identifier"]}]},
        "IdentityObject": {
            "type": "object",
            "required": ["type", "hashed", "identityHash", "identityType"],
            "properties": {
                "type": {"const": "IdentityObject"}, "hashed": {"type": "boolean"}, "identityHash": _TEXT,
                "identityType": _TEXT, "salt": _TEXT,
            },
            "additionalProperties": False,
        },
        "Achievement": _typed(
            "Achievement", ["id", "criteria", "description", "name"], id=_URI, name=_TEXT, description=_TEXT,
            achievementType={"enum": ["LearningProgram", "Course", "Certificate", "Badge"]}, humanCode=_TEXT,
            inLanguage={"type": "string", "pattern": "^[a-z]{2,4}(-[A-Za-z0-9]{2,8})*$"},
            criteria={"$ref": "#/$defs/Criteria"}, resultDescription=_list("ResultDescription"),
        ),
        "Criteria": {
            "type": "object", "properties": {"id": _URI, "narrative": _TEXT}, "additionalProperties": False,
            "minProperties": 1,
        },
        "ResultDescription": _typed(
            "ResultDescription", ["id", "name", "resultType"], id=_URI, name=_TEXT,
            resultType={"enum": ["GradePointAverage", "LetterGrade", "Percent", "RawScore", "Result", "Status"]},
            valueMin={"type": "string"}, valueMax={"type": "string"}, requiredValue={"type": "string"},
        ),
        "Result": _typed(
            "Result", [], resultDescription=_URI, value={"type": "string"},
            status={"enum": ["Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"]},
        ),
        "Evidence": _typed("Evidence", [], id=_URI, name=_TEXT, genre=_TEXT, description=_TEXT, narrative=_TEXT),
        "CredentialSchema": {
            "type": "object", "required": ["id", "type"], "properties": {"id": _URI, "type": _TEXT},
            "additionalProperties": False,
        },
        "Proof": {
            "type": "object",
            "required": ["type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"],
            "properties": {"type": {"const": "DataIntegrityProof"}, "created": _TIME, "proofPurpose": {"const": "assertionMethod"}},
        },
    },
}  # fmt: skip
