"""The published language: envelope, facts, events, commands, topics and views. Imports no framework but pydantic."""
