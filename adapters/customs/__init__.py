"""Customs: declarations that its risk engine flagged become signals of the unit whose office took them in.

`python -m adapters.customs [--once]` is the adapter, `python -m adapters.customs.standin` a stand-in for the system.
"""
