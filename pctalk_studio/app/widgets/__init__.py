"""Controls that all views share. They know colours and values, never the project; whoever shows them listens to their signals."""
