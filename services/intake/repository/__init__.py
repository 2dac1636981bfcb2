"""Intake's statements, by what they are about. Callers give the connection of their unit of work."""
