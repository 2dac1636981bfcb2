"""What one run of Kafka taught Java about its classes, kept for every later start: a third less CPU for each.

A run that ends in good order writes the archive (JEP 350 before Java 25, JEP 514 from then on). Java itself leaves one
aside that is of another Java, other jars or another place; one that is damaged could end it, so none enters the cache
unverified.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.stack.home import make_folder
from infra.stack.java import Java

_FOLDER = "classes"
#: From this version on one option replaces the two of the older archives.
_ONE_STEP = 25
_CHECK_SECONDS = 60.0
#: A damaged archive shows in the exit code, and in nothing left lying about.
_CHECKED = (
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:+VerifySharedSpaces",
    "-XX:-CreateCoredumpOnCrash",
    f"-XX:ErrorFile={os.devnull}",
)


@dataclass(frozen=True, slots=True)
class ClassArchive:
    """The archive of one Java and these jars, in the cache that homes share."""

    cache: Path
    java: Java
    jars: Sequence[Path]

    @property
    def file(self) -> Path:
        """Where it is kept; another name once the Java at that place is another."""
        state = _digest(f"{self._place.stat().st_mtime_ns} {self.java.major} {' '.join(map(str, self.jars))}")
        return self.cache / _FOLDER / f"{self._owner}-{state}.archive"

    def options(self, scratch: Path) -> tuple[str, ...]:
        """How to start Java: with the archive, or so that it leaves one in `scratch` when it ends in good order."""
        if scratch.exists():
            shutil.rmtree(scratch)
        if self.file.exists():
            return self._using(self.file)
        if not os.access(self.cache, os.W_OK):
            return ()
        make_folder(scratch, 0o700)
        made = scratch / self.file.name
        return (
            (f"-XX:AOTCacheOutput={made}",) if self._one_step else ("-Xshare:auto", f"-XX:ArchiveClassesAtExit={made}")
        )

    def keep(self, scratch: Path) -> bool:
        """Take what an ended run left in `scratch` into the cache if it is whole, and remove the folder.

        Whether there is one now. Raises OSError where the cache has no room for it.
        """
        made = scratch / self.file.name
        try:
            if made.exists() and self._whole(made):
                self._take(made)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return self.file.exists()

    def _take(self, made: Path) -> None:
        folder = self.file.parent
        make_folder(folder, 0o755)
        for older in folder.glob(f"{self._owner}-*.archive"):
            older.unlink(missing_ok=True)
        # Copied, for a home may lie on another disk; renamed, so that a start meanwhile sees all of it or none.
        with tempfile.TemporaryDirectory(prefix="taking-", dir=folder) as aside:
            Path(shutil.copy(made, aside)).replace(self.file)

    def _whole(self, made: Path) -> bool:
        strict = ("-XX:AOTMode=on",) if self._one_step else ("-Xshare:on",)
        path = os.pathsep.join(map(str, self.jars))
        command = [str(self.java.path), *self._using(made), *strict, *_CHECKED, "-cp", path, "-version"]
        try:
            return subprocess.run(command, capture_output=True, check=False, timeout=_CHECK_SECONDS).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def _using(self, file: Path) -> tuple[str, ...]:
        return (f"-XX:AOTCache={file}",) if self._one_step else ("-Xshare:auto", f"-XX:SharedArchiveFile={file}")

    @property
    def _one_step(self) -> bool:
        return self.java.major >= _ONE_STEP

    @property
    def _place(self) -> Path:
        return self.java.path.resolve()

    @property
    def _owner(self) -> str:
        return f"kafka-{_digest(str(self._place))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
