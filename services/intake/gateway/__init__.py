"""The gateway: the one consumer of `from.*`, a process of its own with a role and a schema of its own.

Owns: which (source, id) pairs arrived within 90 days.
Consumes: every `from.<unit>` of the units in force.
Publishes: command.refused, and what it took, on the inbound topics of intake and cases.
"""
