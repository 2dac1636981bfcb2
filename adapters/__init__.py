"""Programs that carry what an agency's system says to the bus; each agency in a folder, strangers to each other."""
