"""Which models tests run on: the bundled one, one of the catalogue, or a GGUF file; each known by its file's SHA-256."""

from __future__ import annotations

import hashlib
from pathlib import Path

from desktop_app.errors import ModelError
from desktop_app.jobs import Job, Progress
from desktop_app.prompts.evaluate.matrix import ModelUnderTest
from desktop_app.prompts.evaluate.results import ResultStore
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import ModelFile, ModelId, find_model
from desktop_app.sandbox.models.gguf import describe, read_header
from desktop_app.sandbox.models.hub import ModelHub

_STEP_BYTES = 8 * 1024 * 1024


def model_file(wanted: str, store: ResultStore, models: ModelHub | None = None) -> Job[ModelFile]:
    """The model with this id, the hub's or else the app's, or the one in a GGUF file; progress in bytes. Raises ModelError."""
    if not wanted.casefold().endswith(".gguf"):
        return (yield from models.look(wanted)) if models is not None else find_model(wanted)
    path = Path(wanted).absolute()
    header = describe(read_header(path))
    sha256 = yield from file_hash(path, store)
    return ModelFile(
        ModelId(path.stem), str(header.get("name") or path.stem), path, path.stat().st_size, sha256,
        license="", context_tokens=0, note="", publisher="", parameters=0, quantisation="", source=str(path),
    )  # fmt: skip


def model_under_test(client: ModelClient, store: ResultStore, *, shared: bool = False) -> Job[ModelUnderTest]:
    """The client's model as a matrix takes it, known by the bytes that lie there now. Raises ModelError."""
    sha256 = yield from file_hash(client.model.path, store)
    return ModelUnderTest(client.model.id, sha256, client, shared)


def file_hash(path: Path, store: ResultStore) -> Job[str]:
    """The file's SHA-256 in hex; read anew only when its size or its time of change is another than last time."""
    try:
        status = path.stat()
        known = store.hash_of_file(str(path.absolute()), status.st_size, status.st_mtime_ns)
        if known:
            return known
        digest = hashlib.sha256()
        with path.open("rb") as file:
            done = 0
            while block := file.read(_STEP_BYTES):
                digest.update(block)
                done += len(block)
                yield Progress(done, status.st_size, path.name)
    except OSError as exc:
        raise ModelError(
            f"The model file {path} cannot be read ({exc.strerror}). Check its name and your rights."
        ) from exc
    store.keep_hash(str(path.absolute()), status.st_size, status.st_mtime_ns, digest.hexdigest())
    return digest.hexdigest()
