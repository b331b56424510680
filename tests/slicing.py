"""Which cells of a lesson another one hangs on, told from the names they use and the names they give a value.

Names are all that is seen: a cell that changes an object without naming it anew is not counted.
"""

import dis
from types import CodeType


def used_and_bound(code: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell takes from the cells before it, and those that it gives a value.

    A name that is used first and given a value afterwards, as in `n = n + 1`, is among both.
    """
    used, bound, later = set(), set(), [compile(code, "cell", "exec")]
    for step in dis.get_instructions(later.pop()):  # in the order in which they run
        if step.opname == "LOAD_NAME" and step.argval not in bound:
            used.add(step.argval)
        elif step.opname == "STORE_NAME":
            bound.add(step.argval)
        elif isinstance(step.argval, CodeType):
            later.append(step.argval)
    for inner in later:  # functions and comprehensions
        used |= {step.argval for step in dis.get_instructions(inner) if step.opname == "LOAD_GLOBAL"} - bound
        later += [constant for constant in inner.co_consts if isinstance(constant, CodeType)]
    return used, bound


def needed_for(codes: list[str], last: int) -> list[int]:
    """Return which of the cells have to run before that at `last`, and `last` itself, in order."""
    needed, wanted = [last], used_and_bound(codes[last])[0]
    for number in reversed(range(last)):
        used, bound = used_and_bound(codes[number])
        if bound & wanted:
            needed.append(number)
            wanted = wanted - bound | used
    return needed[::-1]
