"""What is selected, and every value of it."""
