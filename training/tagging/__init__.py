"""Tagging an archive: a file of complaints in, the same file with the model's answers out.

    formats     which reader and writer a file's ending means
    csv_file    where rows lie, how they are read, written and put together
    columns     the columns that are added
    work        one chunk of rows: read, label, write a part file
    parts       the folder of part files, so that a killed job goes on where it was
    job         the whole: chunks to processes, parts to one output

A reader cuts its file into chunks that depend on the file alone, and each chunk becomes one part file: so the
result is the same with any number of processes, and after any number of kills. It holds a few chunks in memory,
never the file.
"""
