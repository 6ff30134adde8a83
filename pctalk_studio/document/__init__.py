"""The project: a frozen value that holds every control. No files, no threads, no Qt, no torch."""
