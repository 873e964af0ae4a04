"""All SQL of the service, for SQLite and PostgreSQL: tables, connections, and one file of queries a subject.

Functions take a connection and plain values and return plain values. They decide nothing and know no HTTP.
"""
