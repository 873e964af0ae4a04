"""The commands of the data staff, one a file; each reads its options, calls the room and prints."""
