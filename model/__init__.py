"""Text in, Prediction out.

This room reads what a city owns in ``data/`` (label keys, departments, lexicon), turns a citizen's text into
words, words into features, and features into a :class:`model.prediction.Prediction`. It knows no file of
complaints, no database and no HTTP, and imports neither ``training`` nor ``service``.
"""
