"""A list on its way: what is told first, and its rows in bounded chunks."""

import hashlib
import io
import os
from pathlib import Path

import pytest

from schemas.reported.chunks import CHUNK_BYTES, CHUNK_CHARACTERS, CHUNK_ROWS, Chunk, Listed, ListedFile, examined
from schemas.reported.rows import Reading
from schemas.reported.site import comparable, site_in

PUBLISHED = "reported-sites.txt"


def file_of(content: bytes) -> ListedFile:
    return examined(lambda: io.BytesIO(content), "list.txt", Reading())


def test_a_file_is_told_by_its_bytes_and_its_rows() -> None:
    content = b"a.example\n\n  \nb.example"
    listed = Listed.model_validate(file_of(content).listed())
    assert (listed.file_sha256, listed.rows) == (hashlib.sha256(content).hexdigest(), 2)


def test_chunks_follow_each_other_and_the_last_says_so() -> None:
    file = file_of(b"".join(b"s%d.example\n" % number for number in range(CHUNK_ROWS * 2 + 1)))
    chunks = [Chunk.model_validate(chunk) for chunk in file.chunks(0)]
    assert [(chunk.after, len(chunk.rows), chunk.last) for chunk in chunks] == [
        (0, CHUNK_ROWS, False),
        (CHUNK_ROWS, CHUNK_ROWS, False),
        (2 * CHUNK_ROWS, 1, True),
    ]


def test_what_was_decided_is_not_sent_again() -> None:
    file = file_of(b"a.example\n\nb.example\nc.example\n")
    [chunk] = file.chunks(3)
    assert [row["number"] for row in chunk["rows"]] == [4]
    assert list(file.chunks(4)) == [{"after": 4, "rows": [], "last": True}]


def test_chunks_of_long_lines_stay_within_what_the_door_takes() -> None:
    file = file_of(("http://a.example/" + "đ" * 7900 + "\n").encode() * 40)
    sizes = [sum(len(row["fields"]["site"]) for row in chunk["rows"]) for chunk in file.chunks(0)]
    assert max(sizes) <= CHUNK_CHARACTERS
    assert max(sizes) * len("\\u0111") < CHUNK_BYTES


@pytest.mark.skipif(
    not (Path(os.environ.get("PHOIHOP_DATA", "")) / PUBLISHED).is_file(),
    reason=f"PHOIHOP_DATA names no folder with {PUBLISHED}",
)
def test_the_published_list_has_as_many_sites_as_were_counted_elsewhere() -> None:
    path = Path(os.environ["PHOIHOP_DATA"]) / PUBLISHED
    file = examined(lambda: path.open("rb"), path.name, Reading())
    sites = [site_in(row["fields"]["site"]) for chunk in file.chunks(0) for row in chunk["rows"]]
    assert file.rows == len(sites) == 34_468
    assert None not in sites
    assert len({comparable(site) for site in sites if site}) == 17_679
