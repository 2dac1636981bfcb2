"""What an event means for feeds: who gets it under which number, what it names, and what is withheld. Pure."""
