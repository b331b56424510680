"""Slicing a lesson: what a cell hangs on comes along, and nothing else."""

from tests.slicing import needed_for, used_and_bound


def test_names_used_within_functions_and_comprehensions_count():
    assert used_and_bound("def f(x):\n    return x + outer") == ({"outer"}, {"f"})
    assert used_and_bound("[size * factor for size in sizes]")[0] == {"factor", "sizes"}
    assert used_and_bound("import numpy as np\nnp.ones(shape)") == ({"shape"}, {"np"})
    assert used_and_bound("def f():\n    return lambda: deep")[0] == {"deep"}
    assert used_and_bound("total = [n + step for n in sizes][0] + total")[0] == {"step", "sizes", "total"}


def test_the_order_within_a_cell_counts():
    assert used_and_bound("n = n + 1") == ({"n"}, {"n"})
    assert used_and_bound("n += 1") == ({"n"}, {"n"})
    assert used_and_bound("n = 1\nn + 1") == (set(), {"n"})
    assert used_and_bound("for i in range(n):\n    n = i") == ({"n", "range"}, {"i", "n"})


def test_a_slice_runs_alone_and_gives_what_the_whole_gives():
    codes = ["a = 2", "idle = a * 7", "b = a + 1", "a = 100", "b += a", "c = [b * i for i in range(a)]", "len(c)"]
    whole, alone = {}, {}
    for code in codes[:-1]:
        exec(code, whole)
    chosen = needed_for(codes, 6)
    for number in chosen[:-1]:
        exec(codes[number], alone)
    assert eval(codes[6], whole) == eval(codes[6], alone)
    assert 1 not in chosen
    assert chosen == sorted(chosen)
