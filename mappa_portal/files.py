"""Files that only their owner reads, whole or not at all."""

import json
import os
from pathlib import Path
from tempfile import NamedTemporaryFile


def private(directory: Path) -> Path:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory


def put(path: Path, data: bytes) -> None:
    _draft(path, data).replace(path)


def put_new(path: Path, data: bytes) -> None:
    """FileExistsError when another process was quicker: the first file stays."""
    draft = _draft(path, data)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()


def _draft(path: Path, data: bytes) -> Path:
    with NamedTemporaryFile(dir=private(path.parent), prefix=f".{path.name}-", delete=False) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return Path(file.name)


def read_json(path: Path):
    return json.loads(path.read_text()) if path.exists() else {}


def write_json(path: Path, value) -> None:
    put(path, json.dumps(value).encode())


def last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""
