"""Where a complaint goes and until when: pure functions over what the city wrote down in ``data/routing.toml``.

Nothing here reads a clock, a database or a request.
"""
