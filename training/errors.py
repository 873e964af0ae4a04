"""What goes wrong with files of complaints."""


class DataError(ValueError):
    """A file of complaints cannot be used; the message names file, row, column and remedy."""
