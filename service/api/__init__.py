"""The routes, one file a feature: a blueprint, what comes in and what goes out."""
