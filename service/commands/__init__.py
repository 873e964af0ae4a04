"""The commands of those who run the service, one a file."""
