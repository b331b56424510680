"""Each worker has a core of its own, also one that replaces another, and whatever the processes are called."""

import os
import subprocess
import sys
import uuid
from multiprocessing import current_process

import joblib
import pytest
from joblib.externals.loky import get_reusable_executor

from helpers import config
from helpers.experiments import cores

LINUX = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux keeps a process to a core")


@pytest.fixture
def name(monkeypatch):
    """Keep the test's cores apart from those of a sweep on the same machine."""
    monkeypatch.setattr(cores, "_held", [])
    monkeypatch.setattr(cores, "_NAME", f"graft-test-{uuid.uuid4()}")
    yield cores._NAME
    for each in cores._held:
        each.close()


class Claiming:
    """A process that takes one of two cores and lives on."""

    def __init__(self, name: str) -> None:
        code = f"from helpers.experiments import cores; cores._NAME = {name!r}; print(cores.claim([3, 5])); input()"
        told = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen([sys.executable, "-c", code], cwd=config.ROOT, **told)
        self.core = self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@LINUX
def test_each_process_takes_another_core_and_a_replacement_the_free_one(name):
    workers = [Claiming(name) for _ in range(3)]
    try:
        assert [worker.core for worker in workers] == ["3", "5", "None"]
        workers[0].kill()
        workers.append(Claiming(name))
        assert workers[-1].core == "3"
    finally:
        for worker in workers:
            worker.kill()


def settle(called: str, name: str) -> tuple[set[int], str | None]:
    """Settle in a worker that goes by some name; return the cores it may use, and its threads."""
    for each in cores._held:
        each.close()
    cores._held.clear()
    os.sched_setaffinity(0, range(os.cpu_count()))
    current_process().name, cores._NAME = called, name
    cores.settle_on_a_core(os.cpu_count())
    return os.sched_getaffinity(0), os.environ.get("TF_NUM_INTRAOP_THREADS")


@LINUX
@pytest.mark.parametrize("called", ["LokyProcess-1", "LokyProcess-", "LokyProcess-x:2", "worker", ""])
def test_a_worker_settles_whatever_it_is_called(name, called):
    ((may_use, threads),) = joblib.Parallel(n_jobs=2)([joblib.delayed(settle)(called, name)])
    get_reusable_executor().shutdown(wait=True)  # so that no later test meets this worker
    assert len(may_use) == 1
    assert threads == "1"


@LINUX
def test_where_no_core_is_free_a_worker_goes_on_without_one(name, monkeypatch):
    monkeypatch.setattr(cores, "_is_worker", lambda: True)
    monkeypatch.setattr(cores, "claim", lambda allowed: None)
    monkeypatch.setattr(os, "sched_setaffinity", lambda process, chosen: pytest.fail("settled nevertheless"))
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "1")
    monkeypatch.setenv("TF_NUM_INTEROP_THREADS", "1")
    cores.settle_on_a_core(n_jobs=len(os.sched_getaffinity(0)))


def test_a_system_without_such_names_takes_no_core(name, monkeypatch):
    monkeypatch.delattr(cores.socket, "AF_UNIX")
    assert cores.claim([0, 1]) is None


@pytest.mark.parametrize("n_jobs", [1, -1, 64])
def test_the_process_that_starts_the_workers_stays_free(name, monkeypatch, n_jobs):
    monkeypatch.setattr(cores, "claim", lambda allowed: pytest.fail("took a core"))
    cores.settle_on_a_core(n_jobs)
