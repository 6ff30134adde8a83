"""The inspector: everything about what is selected, and about the clip as a whole, as values to change."""
