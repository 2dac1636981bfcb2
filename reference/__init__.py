"""Effective-dated data that a jurist can read and correct; `README.md` beside this file says how."""

from pathlib import Path


def folder() -> Path:
    """The folder of the sheets that ship with the product."""
    return Path(__file__).resolve().parent
