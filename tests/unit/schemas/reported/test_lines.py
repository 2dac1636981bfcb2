"""Lines of files of any size and of other encodings."""

import io
import tracemalloc

import pytest

from schemas.reported.lines import BLOCK, MAX_LINE, Encoding, EncodingError, Fault, Line, lines


def read(content: bytes, encoding: Encoding = Encoding.UTF_8) -> list[Line]:
    return list(lines(io.BytesIO(content), encoding))


class Endless:
    """So many bytes of one line, then another line; nothing of it is ever held whole."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._tail = b"\nshop.example\n"

    def read(self, size: int, /) -> bytes:
        if self._left:
            self._left -= (now := min(size, self._left))
            return b"a" * now
        self._tail, last = b"", self._tail
        return last


def test_lines_end_as_any_system_ends_them_and_are_numbered_from_one() -> None:
    assert [(line.number, line.text) for line in read(b"a\nb\r\nc\rd")] == [(1, "a"), (2, "b"), (3, "c"), (4, "d")]


def test_an_end_that_falls_between_two_blocks_is_one_end() -> None:
    content = b"a" * 10 + b"\n" + b"b\r\n" * BLOCK
    assert len(read(content)) == BLOCK + 1


def test_white_space_and_a_mark_of_byte_order_are_no_content() -> None:
    assert [line.empty for line in read("\ufeff\n  \t\u00a0\n\ufeffa\n".encode())] == [True, True, False]
    assert read("\ufeffa\n".encode())[0].text == "a"


def test_a_line_of_two_gigabytes_is_counted_and_refused_without_being_held() -> None:
    tracemalloc.start()
    try:
        found = list(lines(Endless(2 * 1024**3)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [(line.number, line.fault, line.text) for line in found] == [
        (1, Fault.TOO_LONG, ""),
        (2, None, "shop.example"),
    ]
    assert peak < 2 * 1024**2


def test_a_line_may_have_as_many_characters_as_a_tip_and_no_more() -> None:
    at, over = read(b"a" * MAX_LINE + b"\n" + b"a" * (MAX_LINE + 1))
    assert (len(at.text), at.fault, over.fault) == (MAX_LINE, None, Fault.TOO_LONG)


def test_a_line_with_a_nul_is_refused_and_the_next_one_is_read() -> None:
    assert [line.fault for line in read(b"a\0b\nc\n")] == [Fault.NUL, None]


def test_utf_16_that_was_said_to_be_utf_8_is_told_as_what_it_is() -> None:
    with pytest.raises(EncodingError, match=r"line 1 is not UTF-8 text: it begins as UTF-16 does") as told:
        read("shop.example".encode("utf-16"))
    assert told.value.begins_as is Encoding.UTF_16
    assert read("shop.example\nsốp.example".encode("utf-16"), Encoding.UTF_16)[1].text == "sốp.example"


@pytest.mark.parametrize("other", ["windows-1258", "windows-1252"])
def test_an_older_encoding_is_told_with_its_line(other: str) -> None:
    content = b"shop.example\n" * 9000 + "cà phê.example\n".encode(other)
    with pytest.raises(EncodingError, match=r"line 9001 is not UTF-8 text") as told:
        read(content)
    assert (told.value.number, told.value.encoding, told.value.begins_as) == (9001, Encoding.UTF_8, None)


def test_windows_1258_is_read_where_it_is_said() -> None:
    assert read(b"a\xf2.example", Encoding.WINDOWS_1258)[0].text == "a\u0323.example"


def test_half_a_character_at_the_end_is_no_text() -> None:
    with pytest.raises(EncodingError, match="line 2"):
        read(b"a\n\xe1\xbb")
