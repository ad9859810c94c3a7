"""Moderation: one queue for everything that members write, whatever room it stands in.

What is written is a ``Submission``; the room that shows it asks for its state. A decision changes the submission, its
author's trust and the audit log in one transaction, in that order of locks: submissions by rising id, trust by rising
person, the audit log.
"""
