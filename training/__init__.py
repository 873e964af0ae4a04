"""The data staff's bench: check, train, evaluate, compare, promote, tag, report.

This room reads and writes files of complaints and model folders. It uses ``model`` and never ``service``.
"""
