"""Programs that make sheets of this folder from published data; run by hand, imported by nothing."""
