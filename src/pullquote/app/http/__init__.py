"""The HTTP interface: what is asked and answered, who may ask, how often, and what errors say."""
