"""Traces of a process, sent to an OTLP endpoint. Where no setting names one, the SDK is not imported."""
