"""What identifies a person, a thing or a place: normalise, validate, mask, compare; one kind a file or folder."""
