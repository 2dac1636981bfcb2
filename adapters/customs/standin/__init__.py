"""A stand-in for the customs system: declarations over HTTP, from a generator or from a published file.

Whoever looks is told that nothing here is real: the generator invents, and the file is published synthetic data.
"""
