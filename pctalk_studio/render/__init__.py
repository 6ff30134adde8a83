"""From a rig and a row to a picture: the Renderer protocol, the frame store, and the engines."""
