"""Directory: who people and units are, and what proves it.

Owns: people and their roles, sessions, the HTTP keys of units and service processes, the key that signs actors' tokens.
Consumes: nothing. Publishes: nothing; every other service verifies its tokens with the keys at `/jwks.json`.
"""
