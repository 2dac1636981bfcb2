"""Invents courier and e-commerce declarations: the same seed gives the same ones, on every machine.

Names are invented; ids are well-formed and assigned to nobody (declaration numbers of a range that is not reached,
importers and sellers of a form that only synthetic declarations have).
"""

from datetime import date, timedelta
from random import Random

from adapters.customs.standin.columns import COLUMNS, Row
from adapters.customs.standin.shelf import Shelf

SEED = 389
COUNT = 200
MOST = 100_000
"""The numbers of the declarations have five digits."""
_ONE_IN = 4
NOTICE = (
    "Declarations invented by a generator; nothing and nobody in them is real. "
    "Tờ khai do máy tạo ra; không có gì và không ai trong đó là thật."
)
BEGINS, DAYS = date(2021, 4, 1), 91
"""The period of the published file, so that both sources are moved on alike."""
GOODS = (
    ("330499", "Kem dưỡng da đóng hộp", "KR", "0.4"),
    ("330300", "Nước hoa chai 50 ml", "FR", "0.3"),
    ("420222", "Túi xách giả da", "CN", "0.9"),
    ("640419", "Giày thể thao nữ", "CN", "1.1"),
    ("610910", "Áo phông cotton in hình", "CN", "0.2"),
    ("851713", "Điện thoại di động đã qua sử dụng", "JP", "0.3"),
    ("851830", "Tai nghe không dây", "CN", "0.1"),
    ("910211", "Đồng hồ đeo tay", "CN", "0.1"),
    ("210690", "Thực phẩm bảo vệ sức khỏe dạng viên", "US", "0.5"),
    ("190110", "Sữa bột cho trẻ em", "AU", "0.9"),
    ("950300", "Đồ chơi lắp ráp bằng nhựa", "CN", "0.7"),
    ("854370", "Máy xông tinh dầu cầm tay", "CN", "0.2"),
)
"""HS code, what it is, where it comes from, kilograms apiece."""
COURIERS = ("vnpost", "viettel_post", "jt", "spx", "cainiao", "yunexpress", "4px", "dhl", "ups", "fedex")
OFFICES = ("40", "20", "30", "12", "17", "62", "33", "37", "80", "16")
"""Offices of the published file that regional units hold."""
PROCESS, TRANSPORT = ("B", "D"), ("40", "50")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def generate(seed: int = SEED, count: int = COUNT) -> Shelf:
    """So many declarations, in the order of their dates; one in four is marked as fraud."""
    chance = Random(seed)  # noqa: S311 - a seed must repeat a run, not resist a guess
    parties = [_party(chance) for _ in range(max(8, count // 5))]
    marked = set(chance.sample(range(count), count // _ONE_IN))
    rows = [_row(number, parties, chance, fraud=number in marked) for number in range(count)]
    rows.sort(key=lambda row: (row["Date"], row["Declaration ID"]))
    return Shelf.of(f"generated-{seed}", NOTICE, rows)


def _party(chance: Random) -> tuple[str, str]:
    """An importer and the seller that it mostly buys from."""
    return _letters(chance), _letters(chance)


def _letters(chance: Random) -> str:
    """Seven letters and digits, the form of ids that only synthetic declarations have."""
    return "".join(chance.choices(_LETTERS, k=7))


def _row(number: int, parties: list[tuple[str, str]], chance: Random, *, fraud: bool) -> Row:
    hs6, goods, origin, apiece = chance.choice(GOODS)
    # A few importers bring in much and many bring in little, so that some cases gather several signals.
    importer, seller = parties[int(len(parties) * chance.random() ** 2)]
    pieces = chance.randint(1, 60)
    values = (
        f"109999{number:05d}0",
        (BEGINS + timedelta(days=chance.randrange(DAYS))).isoformat(),
        chance.choice(OFFICES),
        chance.choice(PROCESS),
        "11",
        "21",
        "11",
        chance.choice(TRANSPORT),
        _letters(chance),
        importer,
        seller,
        chance.choice(COURIERS),
        hs6,
        origin,
        origin,
        "8.0",
        "A",
        "G",
        f"{pieces * float(apiece):.1f}",
        f"{pieces * chance.randint(5, 90)}.0",
        "1" if fraud else "0",
        "2" if fraud and chance.randrange(10) == 0 else str(int(fraud)),
    )
    return dict(zip(COLUMNS, values, strict=True)) | {"Goods Description": goods}
