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
