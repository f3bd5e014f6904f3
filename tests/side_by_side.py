"""How the whole suite is divided between processes, and what happens when one of them dies."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadFileScheduling

WITH_TORCH = (
    "tests/host/llama_cpp/test_memory_released.py",
    "tests/host/torch_engine/",
    "tests/host/generation/",
    "tests/host/passport/",
    "tests/host/test_composed_prompts.py",
    "tests/host/test_main_prompts.py",
    "tests/host/test_prompt_scores.py",
    "tests/training/",
)
"""Tests of one process, which alone loads PyTorch and makes a model for it out of the GGUF file."""


class SideBySide(LoadFileScheduling):  # type: ignore[misc] # pytest-xdist has no types
    """A file's tests are one process's; so are all of those with PyTorch.

    A test that ended its process is not begun again, as it would end the next one too. A process
    keeps its last test back until it knows that none follows, which pytest-xdist tells it only
    after a test: one that is given a single last test is told at once, or it waits for ever.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "PyTorch" if nodeid.startswith(WITH_TORCH) else super()._split_scope(nodeid)

    def remove_node(self, node: Any) -> str | None:
        """Take a process out; returns the test that it died in, None if it had none left."""
        units = self.assigned_work.pop(node)
        left = {scope: unit for scope, unit in units.items() if not all(unit.values())}
        if not left:
            return None
        unit = next(iter(left.values()))
        died_in: str = next(name for name, is_done in unit.items() if not is_done)
        unit[died_in] = True
        self.workqueue.update((scope, one) for scope, one in left.items() if not all(one.values()))
        for other in self.assigned_work:
            self._reschedule(other)
        return died_in

    def _assign_work_unit(self, node: Any) -> None:
        super()._assign_work_unit(node)
        if not self.workqueue and self._pending_of(self.assigned_work[node]) < 2:
            node.shutdown()
