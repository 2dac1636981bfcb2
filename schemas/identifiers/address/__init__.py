"""An address as typed, resolved to the unit that holds the place at a date, or why it cannot be."""
