"""The command line: headless work for pipelines and people. Knows no Qt.

Only :mod:`pctalk_studio.cli.arguments` is imported to answer ``--help``; each command's module is imported when it runs.
"""
