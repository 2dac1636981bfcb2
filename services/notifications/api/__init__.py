"""HTTP doors: the feed of a unit, and what the integrity officer is told of copies already written."""
