"""Metrics of a process: one catalogue that names them, sources that read them when asked, and the door that shows them.

Nothing is counted on a hot path but integers; the library that writes the text is imported by the first scrape.
"""
