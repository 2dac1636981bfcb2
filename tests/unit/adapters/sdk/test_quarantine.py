"""What could not be read is kept whole, once, and for its owner alone."""

import json
from pathlib import Path

from adapters.sdk.quarantine import Quarantine
from bus_builders import Hands


def test_it_keeps_the_bytes_and_the_reason(tmp_path: Path) -> None:
    path = Quarantine(tmp_path / "quarantine", Hands()).keep("page-0-500", b"\xff\0 garbage", "not JSON")
    assert path.read_bytes() == b"\xff\0 garbage"
    said = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert (said["reason"], said["bytes"], said["kept_at"]) == ("not JSON", 10, "2026-11-23T07:32:00+00:00")
    assert {one.stat().st_mode & 0o077 for one in path.parent.iterdir()} == {0}


def test_the_same_content_is_kept_once_and_other_content_beside_it(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path, Hands())
    for content in (b"a", b"a", b"b"):
        quarantine.keep("page-0-500", content, "not JSON")
    assert len(list(tmp_path.glob("*.bin"))) == len(list(tmp_path.glob("*.json"))) == 2
