"""The converted encoder with the means of sentences, which cost no second pass but some time."""

from benchmarks.speed.systems import bare


class System(bare.System):
    """Embeds passages and their sentences and keeps nothing."""

    sentences = True
