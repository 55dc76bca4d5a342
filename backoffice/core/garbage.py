"""What a process that makes many objects at a time does about garbage."""

import gc


def spare_garbage(*, young_objects: int) -> None:
    """Search no more what is there by now, so that nobody waits for that; and the rest only after so many new ones."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(young_objects)
