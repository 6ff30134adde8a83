"""The main window and what it is made of: docks, menus, transport, palette of commands, message bar, start."""
