"""Files that survive a crash: a reader finds the old content or the new one, never a part."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Replace the file in one step and on disk, readable by its owner alone; its folder is made if it is missing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    staged.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """A rename is on disk once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
