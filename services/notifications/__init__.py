"""Feeds: the ordered, numbered events that one unit may see, cut to its view.

Owns feeds, their numbers, and the denials that take events out of them. Consumes every domain topic. Publishes to
`to.<unit>`, and serves the same feed by HTTP pull.
"""
