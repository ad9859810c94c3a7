"""The post: rows that came in and are no facts yet, and notices that are to go out to other programs."""
