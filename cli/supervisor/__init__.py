"""Starts the programs of the bus, keeps them running, and stops them in order."""
