"""The demo: a fictional story played through the doors that people and agencies use, and an oracle that checks it."""
