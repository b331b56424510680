"""What a base tells about itself, and every model made from it: whether it has learned, from whom, how to load it."""

import keras

# All that is told, in one place, so that no copy forgets any of it.
FACTS = (
    "pretrained",  # bool: whether the weights have learned anything
    "licence",  # Licence: who made the base's weights
    "base_licence",  # Licence: the same, of a model built on the base
    "architecture",  # str: the base's name, as `load_base` takes it
    "loading",  # str: the call that loads the base again, as code
    "as_loaded",  # str: digest of the weights as they were loaded
    "class_names",  # tuple: of the classes that a model was trained for, in the order of its outputs
    "as_settled",  # tuple: digest of the weights after settling, fingerprint of the photos, photos per batch
)


def state_facts(model: keras.Model, **facts: object) -> None:
    """Let a model tell facts about itself, as attributes.

    Args:
        model: Any model.
        **facts: Names from `FACTS`, and what to say.

    Example:
        >>> state_facts(base, pretrained=True)
        >>> base.pretrained
        True
    """
    for name, fact in facts.items():
        if name not in FACTS:
            raise ValueError(f"Expected one of the facts {', '.join(FACTS)}. Received: {name!r}.")
        setattr(model, name, fact)


def facts_of(model: keras.Model) -> dict[str, object]:
    """Return all facts that a model tells about itself; none for a model built by hand."""
    return {name: getattr(model, name) for name in FACTS if hasattr(model, name)}
