"""What numeric libraries may do with the machine's cores."""

from __future__ import annotations

import os
import subprocess
import sys

from pctalk_studio.core.threads import waiting_threads_sleep


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
    environment = {key: value for key, value in os.environ.items() if key != "OMP_WAIT_POLICY"}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


def test_matrix_products_have_one_thread_in_every_library():
    """Also in those that are loaded when the program is under way, whichever brings its own OpenBLAS."""
    code = (
        "import pctalk_studio.__main__, numpy, scipy.linalg, cv2, threadpoolctl\n"
        "pools = [pool for pool in threadpoolctl.threadpool_info() if pool['user_api'] == 'blas']\n"
        "assert pools and all(pool['num_threads'] == 1 for pool in pools), pools"
    )
    environment = {key: value for key, value in os.environ.items() if key != "OPENBLAS_NUM_THREADS"}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


def test_libraries_that_are_there_already_are_told():
    code = (
        "import numpy, scipy.linalg, threadpoolctl\n"
        "from pctalk_studio.core.threads import one_math_thread\n"
        "one_math_thread()\n"
        "assert all(pool['num_threads'] == 1 for pool in threadpoolctl.threadpool_info() if pool['user_api'] == 'blas')"
    )
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2"}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
