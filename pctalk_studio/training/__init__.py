"""How the data that ships was made: statistics and small models from media that the developer has. Never run by the program."""
