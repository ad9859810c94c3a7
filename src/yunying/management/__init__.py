"""What managers keep: tasks on what was proposed and done, comments, and who was asked to look."""
