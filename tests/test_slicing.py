"""Slicing a lesson: what a cell hangs on comes along, and nothing else."""

from tests.slicing import needed_for, used_and_bound


def test_names_used_within_functions_and_comprehensions_count():
    assert used_and_bound("def f(x):\n    return x + outer") == ({"outer"}, {"f"})
    assert used_and_bound("[size * factor for size in sizes]")[0] == {"factor", "sizes"}
    assert used_and_bound("import numpy as np\nnp.ones(shape)") == ({"shape"}, {"np"})


def test_a_slice_runs_alone_and_gives_what_the_whole_gives():
    codes = ["a = 2", "idle = a * 7", "b = a + 1", "a = 100", "c = [b * i for i in range(a)]", "len(c)"]
    whole, alone = {}, {}
    for code in codes[:-1]:
        exec(code, whole)
    chosen = needed_for(codes, 5)
    for number in chosen[:-1]:
        exec(codes[number], alone)
    assert eval(codes[5], whole) == eval(codes[5], alone)
    assert 1 not in chosen
    assert chosen == sorted(chosen)
