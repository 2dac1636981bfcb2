"""What must become of a list of reported sites, one a line, found by other means than the desk's."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KIND = "tip.received"
_SCHEMES = {"http": "80", "https": "443"}
_ENDS = "()[]{}<>\"'«»“”‘’.,;:!?"
_QUOTES = "<>\"'«»“”"
_BYTES_OF_ADDRESS, _BYTE, _DIGITS_OF_PORT = 4, 256, 5


@dataclass(frozen=True, slots=True)
class ExpectedReports:
    """The four counts, and the line of the first report of each site, which alone becomes a tip."""

    read: int
    refused: int
    firsts: tuple[int, ...]

    @property
    def counts(self) -> dict[str, int]:
        """In the words of the report."""
        taken = len(self.firsts)
        linked = self.read - taken - self.refused
        return {
            "reports_read": self.read,
            "reports_taken": taken,
            "reports_linked": linked,
            "reports_refused": self.refused,
        }


def expected_reports(file: Path) -> ExpectedReports:
    """Reads the whole file; raises OSError or UnicodeDecodeError."""
    seen: dict[str, int] = {}
    read = refused = 0
    with file.open(encoding="utf-8-sig") as lines:
        for number, text in enumerate(lines, 1):
            if not (line := unicodedata.normalize("NFC", text).strip()):
                continue
            read += 1
            site = next(_sites(line), None)
            if site is None:
                refused += 1
            else:
                seen.setdefault(plain(site), number)
    return ExpectedReports(read, refused, tuple(seen.values()))


def item(file_name: str, line: int) -> str:
    """The name of a taken report in the oracle's words."""
    return f"report:{file_name}:{line}"


def plain(site: str) -> str:
    """The site in NFC and lower case, without scheme, one `www.`, default port, fragment, final slash or dot."""
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", site).lower())
    before, slashes, rest = text.partition("//")
    scheme = before.rstrip(":") if slashes and before.rstrip(":") in {*_SCHEMES, ""} else None
    rest = (text if scheme is None else rest).split("#")[0].removeprefix("www.")
    end = min((place for mark in "/?" if (place := rest.find(mark)) >= 0), default=len(rest))
    host, path = rest[:end], rest[end:]
    for port in [_SCHEMES[scheme]] if scheme else _SCHEMES.values():
        host = host.removesuffix(f":{port}")
    host = host.removesuffix(":")
    return (host + path).rstrip("/.")


def _sites(line: str) -> Iterator[str]:
    """The sites that a line names: it is one, else its first URL, else its first host among other words."""
    if _is_url(line) or _is_host(line):
        yield line
        return
    for mark in _QUOTES:
        line = line.replace(mark, " ")
    words = [word.strip(_ENDS) for word in line.replace(",", " ").replace(";", " ").split()]
    for word in words:
        begins = [place for place in range(len(word)) if word[place : place + 5].lower().startswith(tuple(_SCHEMES))]
        # Around a word brackets are left out, and one of them may have ended an address.
        yield from (url for place in begins for url in (word[place:], f"{word[place:]}]") if _is_url(url))
    yield from (word for word in words if _is_host(word) and _labels(word)[-1].islower())


def _is_url(word: str) -> bool:
    scheme, colon, rest = word.partition("://")
    if not colon or scheme.lower() not in _SCHEMES or rest.startswith("/") or any(map(str.isspace, word)):
        return False
    before = _authority(rest)
    rest = rest.removeprefix(before[: before.rfind("@") + 1])
    single = _labels(rest)
    return (
        _is_host(rest)
        or (rest.startswith("[") and "]" in rest)
        or (len(single) == 1 and _is_label(single[0]) and _has_port(rest))
    )


def _is_host(word: str) -> bool:
    labels = _labels(word)
    if any(map(str.isspace, word)) or len(labels) <= 1 or not all(map(_is_label, labels)):
        return False
    if not _has_port(word):
        return False
    if all(label.isdecimal() for label in labels):
        return len(labels) == _BYTES_OF_ADDRESS and all(int(label) < _BYTE for label in labels)
    return len(labels[-1]) > 1 and not labels[-1].isdecimal() and labels[-1][0].isalnum()


def _has_port(word: str) -> bool:
    """Whether what stands for a port is one, or nothing."""
    port = _authority(word).partition(":")[2]
    return not port or (port.isdecimal() and len(port) <= _DIGITS_OF_PORT)


def _authority(word: str) -> str:
    rest = word.removeprefix("//")
    for mark in "/?#":
        rest = rest.split(mark)[0]
    return rest


def _labels(word: str) -> list[str]:
    return _authority(word).partition(":")[0].removesuffix(".").split(".")


def _is_label(label: str) -> bool:
    letters = label.replace("-", "").replace("_", "")
    return letters.isalnum() and not label.startswith("-") and label[-1].isalnum()
