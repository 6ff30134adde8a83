"""Questions that need a page of their own: new project, faces, relinking, recovery, settings."""
