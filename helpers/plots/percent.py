"""A share in percent, written as the lessons write it: with a space before the sign."""


def percent(share: float, digits: int = 0) -> str:
    """Return a share in percent.

    Args:
        share: 0 to 1.
        digits: Decimals.

    Example:
        >>> percent(0.95)
        '95 %'
    """
    return f"{100 * share:.{digits}f} %"
