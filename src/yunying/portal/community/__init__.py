"""What members write to each other: comments under anything, the guestbook, threads with replies."""
