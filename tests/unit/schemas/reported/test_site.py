"""Which site a line names, and when two of them are the same."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reported.site import comparable, site_in

SAME = "shop.example"


@pytest.mark.parametrize(
    "written",
    [
        "shop.example",
        "SHOP.Example",
        "www.shop.example",
        "http://shop.example",
        "HTTP://WWW.Shop.Example:80/#x",
        "https://www.shop.example:443/",
        "shop.example:80",
        "shop.example:443",
        "shop.example.",
        "shop.example/#/way/in",
        "//shop.example/",
        "http://shop.example:/",
    ],
)
def test_every_way_of_writing_one_site_compares_equal(written: str) -> None:
    assert site_in(written) == written
    assert comparable(written) == SAME


@pytest.mark.parametrize(
    "other",
    [
        "www.www.shop.example",
        "https://shop.example:80",
        "http://shop.example:443",
        "shop.example:8080",
        "shop.example/path",
        "shop.example/?q=1",
        "m.shop.example",
    ],
)
def test_what_leads_elsewhere_is_another_site(other: str) -> None:
    assert site_in(other) == other
    assert comparable(other) != SAME


def test_letters_of_two_normal_forms_are_the_same_and_percents_are_left_alone() -> None:
    assert comparable("cô\u0301c.example") == comparable("cốc.example") == "cốc.example"
    assert comparable("a.example/%C3%B4") == "a.example/%c3%b4"
    assert comparable("xn--cc-xia.example") != comparable("cốc.example")


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("Xem https://a.example/x, rất nguy hiểm", "https://a.example/x"),
        ("trang a.example lừa đảo, cả b.example", "a.example"),
        ('=HYPERLINK("http://a.example")', "http://a.example"),
        ("(http://a.example/x)", "http://a.example/x"),
        ("http://localhost/x", "http://localhost/x"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("10.0.0.1:8080/x", "10.0.0.1:8080/x"),
        ("shop_1.example", "shop_1.example"),
        ("a.xn--p1ai", "a.xn--p1ai"),
    ],
)
def test_a_site_is_found_among_words(text: str, site: str) -> None:
    assert site_in(text) == site


@pytest.mark.parametrize(
    "text",
    [
        *("", "không có trang", "1.200.000 đồng", "Trang TP.HCM", "ai@a.example", "ftp://a.example", "http://"),
        *(
            "a..example",
            "-a.example",
            "999.1.1.1",
            "hxxp://a[.]example",
            "=1+1",
            "http:/a.example",
            "…",
            "http://1.2.3",
        ),
    ],
)
def test_a_line_without_host_or_url_names_no_site(text: str) -> None:
    assert site_in(text) is None


@given(st.text(alphabet="aA1.:/#?@-_w đ", max_size=40))
def test_a_site_equals_itself_however_its_letters_are_written(text: str) -> None:
    site = site_in(text)
    if site is not None:
        assert comparable(site) == comparable(site.upper()) == comparable(f" {site} ")
        assert not comparable(site).endswith(("/", "."))


@pytest.mark.parametrize("part", ["a-", "a.", "_", "http://", "a@", "-", ".", "x."])
def test_no_line_takes_long_to_judge(part: str) -> None:
    began = time.process_time()
    site_in("http://" + part * (7900 // len(part)))
    site_in(part * (8000 // len(part)))
    assert time.process_time() - began < 1
