"""A crowd that asks while articles are edited: errors, stale quotes, memory, and a kill."""
