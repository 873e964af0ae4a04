"""HTTP, routing, queues, storage, pages.

This room turns a Prediction into a disposition and keeps it. It uses ``model`` and never ``training``.
"""
