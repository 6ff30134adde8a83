"""Where the clip comes from: sources, transcript, styles, problems, history."""
