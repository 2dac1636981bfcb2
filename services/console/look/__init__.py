"""How things are said and drawn: words of the reference data, dates, translations and templates."""
