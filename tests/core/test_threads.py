"""What numeric libraries may do with the machine's cores."""

from __future__ import annotations

import os
import subprocess
import sys

from pctalk_studio.core.threads import waiting_threads_sleep


def run(code, **environment):
    """Run code in an interpreter of its own, with variables set, or taken away with None."""
    changed = {key: value for key, value in {**os.environ, **environment}.items() if value is not None}
    return subprocess.run([sys.executable, "-c", code], env=changed, check=False).returncode


def test_what_a_person_has_chosen_stays(monkeypatch):
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    waiting_threads_sleep()
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"
    monkeypatch.delenv("OMP_WAIT_POLICY")
    waiting_threads_sleep()
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"


def test_the_program_decides_before_torch_is_there():
    code = (
        "import os, sys, pctalk_studio.__main__ as program\n"
        "seen = []\n"
        "program.run = lambda *_: seen.append(('torch' in sys.modules, os.environ.get('OMP_WAIT_POLICY'))) or 0\n"
        "program.main()\n"
        "assert seen == [(False, 'PASSIVE')], seen"
    )
    assert run(code, OMP_WAIT_POLICY=None) == 0


def test_matrix_products_have_one_thread_in_every_library():
    """Also in those that are loaded when the program is under way, whichever brings its own OpenBLAS."""
    code = (
        "import pctalk_studio.__main__, numpy, scipy.linalg, cv2, threadpoolctl\n"
        "pools = [pool for pool in threadpoolctl.threadpool_info() if pool['user_api'] == 'blas']\n"
        "assert pools and all(pool['num_threads'] == 1 for pool in pools), pools"
    )
    assert run(code, OPENBLAS_NUM_THREADS=None) == 0


def test_libraries_that_are_there_already_are_told():
    code = (
        "import numpy, scipy.linalg, threadpoolctl\n"
        "from pctalk_studio.core.threads import one_math_thread\n"
        "one_math_thread()\n"
        "assert all(pool['num_threads'] == 1 for pool in threadpoolctl.threadpool_info() if pool['user_api'] == 'blas')"
    )
    assert run(code, OPENBLAS_NUM_THREADS="2") == 0
