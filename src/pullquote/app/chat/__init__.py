"""Conversations: kept as JSON, rated, and shown as messages.

`keeping` turns an answer into JSON, `messages` shows it, `conversations` remembers it.
"""
