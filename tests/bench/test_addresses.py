"""How fast addresses are understood, and what the tables cost the one who reads them."""

import sys
import time
import tracemalloc
from datetime import date

import pytest

import reference
from schemas.identifiers.address.atlas import Atlas
from schemas.identifiers.address.named import Vintage
from schemas.identifiers.address.resolve import resolve

pytestmark = pytest.mark.bench
AT = date(2026, 11, 24)


def test_addresses_a_second() -> None:
    places = Atlas(reference.folder())()
    old = [one for (vintage, code), one in places.by_code.items() if vintage is Vintage.OLD and len(code) == 5]
    typed = [f"{number % 400} Lê Lợi, {places.full(one)}" for number, one in enumerate(old)]
    began = time.process_time()
    for address in typed:
        resolve(address, AT, places)
    rate = len(typed) / (time.process_time() - began)
    sys.stdout.write(f"{len(typed)} addresses of old wards: {rate:,.0f} a CPU second\n")
    assert rate > 1000


def test_the_tables_are_read_on_first_use_and_stay_small() -> None:
    tracemalloc.start()
    began = time.process_time()
    places = Atlas(reference.folder())
    assert tracemalloc.get_traced_memory()[0] < 1_000_000
    places()
    seconds, kept = time.process_time() - began, tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    sys.stdout.write(f"tables of places: {seconds:.2f} CPU seconds while traced, {kept / 1e6:.1f} MB kept\n")
    assert kept < 60_000_000
