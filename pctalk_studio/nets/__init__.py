"""Networks and their weights: what to fetch and where it lies (no torch), and the networks themselves (``nets.liveportrait``).

``catalogue``, ``store`` and ``download`` import no torch, so that the command line and the window can list and fetch weights
before anything heavy is loaded. This room knows nothing of faces, speech, documents or pictures on disk.
"""
