"""The oracle's own reading of a list, held against lines whose fate is known and against the desk's reading."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.demo.oracle.reports import expected_reports, plain
from schemas.reported.site import comparable, site_in

PUBLISHED = "reported-sites.txt"
LINES = st.tuples(
    st.sampled_from(["", " ", "Trang ", "xem: ", "(", '"', "ftp://", "a@", "-"]),
    st.sampled_from(["", "http://", "HTTPS://", "//", "http:/", "http://ai@", "hxxp://"]),
    st.sampled_from(["", "www.", "WWW.", "www.www.", "_m.", "m-1.", "."]),
    st.sampled_from(
        [
            "a.example",
            "Shop.VN",
            "đ.example",
            "TP.HCM",
            "10.0.0.1",
            "1.200.000",
            "localhost",
            "a..vn",
            "xn--cc-xia.example",
        ]
    ),
    st.sampled_from(["", ".", ":80", ":443", ":8080", ":", ":x", ":123456"]),
    st.sampled_from(
        ["", "/", "//", "/x/", "/X?q=1", "?q=http://b.example", "#z", "/#", " lừa đảo", ", b.example", ")", '"']
    ),
).map("".join)


def test_lines_are_read_taken_linked_and_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("\ufeffa.example\n\n  \nWWW.A.Example/\nkhông có\nhttp://b.example/x\n", "utf-8")
    found = expected_reports(file)
    assert found.counts == {"reports_read": 4, "reports_taken": 2, "reports_linked": 1, "reports_refused": 1}
    assert found.firsts == (1, 6)


@settings(max_examples=1000)
@given(LINES)
def test_the_desk_and_the_oracle_read_every_line_alike(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "line.txt"
    file.write_text(text, "utf-8")
    site = site_in(text)
    taken = expected_reports(file).firsts
    assert bool(taken) == (site is not None)
    if site is not None:
        assert plain(site) == comparable(site)


@pytest.mark.skipif(
    not (Path(os.environ.get("PHOIHOP_DATA", "")) / PUBLISHED).is_file(),
    reason=f"PHOIHOP_DATA names no folder with {PUBLISHED}",
)
def test_the_published_list_has_the_counts_that_were_published() -> None:
    assert expected_reports(Path(os.environ["PHOIHOP_DATA"]) / PUBLISHED).counts == {
        "reports_read": 34_468,
        "reports_taken": 17_679,
        "reports_linked": 16_789,
        "reports_refused": 0,
    }
