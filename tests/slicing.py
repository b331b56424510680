"""Which cells of a lesson another one hangs on, told from the names they use and the names they give a value."""

import symtable


def used_and_bound(code: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell takes from the cells before it, and those that it gives a value.

    A name that it both uses and gives a value counts as given.
    """
    module = symtable.symtable(code, "cell", "exec")
    bound = {name.get_name() for name in module.get_symbols() if name.is_assigned() or name.is_imported()}
    used, tables = set(), [module]
    for table in tables:
        tables += table.get_children()
        used |= {name.get_name() for name in table.get_symbols() if name.is_referenced() and name.is_global()}
    return used - bound, bound


def needed_for(codes: list[str], last: int) -> list[int]:
    """Return which of the cells have to run before that at `last`, and `last` itself, in order."""
    needed, wanted = [last], used_and_bound(codes[last])[0]
    for number in reversed(range(last)):
        used, bound = used_and_bound(codes[number])
        if bound & wanted:
            needed.append(number)
            wanted = wanted - bound | used
    return needed[::-1]
