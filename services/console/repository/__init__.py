"""Timelines, sights and holds in PostgreSQL, a batch at a time, on the driver itself.

Whoever writes locks origins first and cases after them, each in the order of their ids: a hold and an event of what
it holds meet on the origin's row, so that neither can miss the other.
"""
