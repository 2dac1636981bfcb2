"""Intake's doors: parse, ask the policy, hand to a handler, answer. No decision is made here."""
