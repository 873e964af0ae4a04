"""Where a complaint goes and until when: pure functions over what the city wrote down in ``data/routing.toml``.

Nothing here reads a database or a request; of the clock only ``load`` takes today's date, to check the deadlines.
"""
