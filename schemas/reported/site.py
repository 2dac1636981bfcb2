"""The site that a line names, and the form in which two of them are compared.

The comparison is that of a clerk, not of a browser: NFC and lower case, without scheme, one leading `www.`, the default
port, the fragment, and final slashes and dots. Path and query stay, percent-encoding is not touched, and a name in
punycode is another name than the one that it stands for.
"""

import re
import unicodedata

_LABEL = r"[^\W_](?:[\w-]*[^\W_])?|_[\w-]*[^\W_]"
_NAME = rf"(?:(?:{_LABEL})\.)+(?=[\w-]*[^\W\d_])[^\W_][\w-]*[^\W_]"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_ADDRESS = rf"(?:{_OCTET}\.){{3}}{_OCTET}"
_REST = r"(?::\d{0,5})?(?:[/?#]\S*)?"
_HOST = re.compile(rf"(?://)?(?:{_NAME}|{_ADDRESS})\.?{_REST}", re.IGNORECASE)
_URL = re.compile(rf"https?://(?:[^\s/?#@]*@)?(?:{_NAME}|{_ADDRESS}|{_LABEL}|\[[0-9a-f:.]+\])\.?{_REST}", re.IGNORECASE)
_EMBEDDED = re.compile(r"(?=(https?://[^\s<>\"'«»“”]+))", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;<>\"'«»“”]+")
_AROUND = "()[]{}<>\"'«»“”‘’.,;:!?"
_SCHEME = re.compile(r"(https?)?(?:://|//)", re.IGNORECASE)
_PORTS = {"http": {"", "80"}, "https": {"", "443"}, "": {"", "80", "443"}}
"""Default ports. A site without a scheme may mean either."""


def site_in(text: str) -> str | None:
    """The first http(s) URL or host that a text names, as typed but in NFC; None where it names none.

    A host among other words must be written small at its end: «TP.HCM» is no site. An e-mail address is none either.
    """
    line = unicodedata.normalize("NFC", text).strip()
    if _is_site(line):
        return line
    parts = _EMBEDDED.findall(line)
    urls = (url for part in parts for url in (part.rstrip(_AROUND), part) if _URL.fullmatch(url))
    words = (word.strip(_AROUND) for word in _BETWEEN.split(line))
    hosts = (word for word in words if _HOST.fullmatch(word) and _host(word).rpartition(".")[2].islower())
    return next(urls, None) or next(hosts, None)


def comparable(site: str) -> str:
    """The form in which a site equals every other way of writing it."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", site).strip().lower())
    scheme = _SCHEME.match(plain)
    rest = plain[scheme.end() :] if scheme else plain
    host, path = _parted(rest.partition("#")[0].removeprefix("www."))
    name, colon, port = host.rpartition(":")
    if colon and port in _PORTS[(scheme[1] if scheme else "") or ""]:
        host = name
    return f"{host}{path}".rstrip("/.")


def _is_site(line: str) -> bool:
    return bool(_URL.fullmatch(line) or _HOST.fullmatch(line))


def _host(site: str) -> str:
    return _parted(site.removeprefix("//"))[0].partition(":")[0].rstrip(".")


def _parted(site: str) -> tuple[str, str]:
    """Host with its port, and all that follows."""
    found = re.search(r"[/?#]", site)
    return (site[: found.start()], site[found.start() :]) if found else (site, "")
