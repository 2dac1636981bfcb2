"""The case timeline as a picture: pure functions from what a viewer sees to SVG text, after the design's geometry.

Nothing here knows the time, a language or a framework: all of it comes in by argument, so that the same input always
gives the same bytes.
"""
