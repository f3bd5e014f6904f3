from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest


@pytest.fixture
def home_with_starter(own_home: Path, starter_model: Path) -> Path:
    """An empty LAMPBLACK_HOME but for the starter model, where a first download would put it."""
    models = own_home / "data" / "models"
    models.mkdir(parents=True)
    target = models / starter_model.name
    try:
        os.link(starter_model, target)
    except OSError:
        shutil.copyfile(starter_model, target)
    return own_home
