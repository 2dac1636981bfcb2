"""What an agency's system sent that could not be read: kept whole, with the reason, until a person has looked."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from adapters.sdk.files import write_whole
from bus.identity import Clock


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A folder of pairs: `<name>-<hash>.bin` is what came, the `.json` beside it says why it lies here."""

    folder: Path
    clock: Clock

    def keep(self, name: str, content: bytes, reason: str) -> Path:
        """Keep what came; returns its file. The same content under the same name is kept once."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.folder / f"{name}-{digest[:12]}.bin"
        if not path.exists():
            said = {"reason": reason, "sha256": digest, "bytes": len(content), "kept_at": self.clock().isoformat()}
            write_whole(path.with_suffix(".json"), json.dumps(said, ensure_ascii=False, indent=2).encode())
            write_whole(path, content)
        return path
