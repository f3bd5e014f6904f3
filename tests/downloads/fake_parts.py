"""Broker and downloader with a fake pip: `broker|downloader PIP… -- MODELS [SOCKET]`."""

import sys

from app.downloads.broker import run_broker
from app.downloads.downloader import run_downloader
from app.downloads.retry import RetryPolicy

cut = sys.argv.index("--")
part, *pip = sys.argv[1:cut]
models, *handover = sys.argv[cut + 1 :]
if part == "broker":
    sys.exit(
        run_broker(models, "".join(handover), [sys.executable, __file__, "downloader", *pip, "--"])
    )
quick = RetryPolicy(first_s=0.01, longest_s=0.01, stall_s=60)
sys.exit(run_downloader(models, [sys.executable, *pip], quick))
