"""The service that a city runs: HTTP, routing, queues, storage, pages.

This room turns a message into a stored disposition. It uses ``model`` and never ``training``; a new model reaches
it through the models folder. SQL stands in ``service.store`` only, decisions in ``service.routing`` only.
"""
