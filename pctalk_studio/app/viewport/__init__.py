"""What it looks like: the live frame, overlays, comparing, and painting emotions on the face."""
