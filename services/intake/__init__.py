"""Intake owns tips, the desk, the vault's writing side, signals and (as a process of its own) the gateway.

Consumes: phoihop.intake.inbound.v1 (signal.submit and the desk commands that units send), phoihop.case.v1 (which case
grew from a tip, who leads it, whether it is closed).
Publishes: tip.received, tip.refused, tip.advised, tip.linked, tip.forwarded, tip.held, tip.withdrawn, integrity.opened,
signal.detected, command.accepted, command.refused.
"""
