"""Every way to get an engine: llama.cpp for the processor or a GPU, and PyTorch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import builds
import installing
import lock
import machine
import places
from builds import Build
from machine import SetupError

LLAMA_WHEELS = "https://abetlen.github.io/llama-cpp-python/whl/"
LLAMA_NEEDS = ("diskcache", "typing-extensions")
"""What llama-cpp-python needs beyond our own libraries: a forced install would renew them all."""

PACK_NEEDS = ("gguf", "jinja2", "msgspec", "numpy", "psutil")
"""What the engine host needs in a pack, beside PyTorch; transformers reads GGUF files with gguf."""

TORCH_CPU_WHEELS = "https://download.pytorch.org/whl/cpu"


def llama_problem() -> str:
    """Why the installed llama-cpp-python does not run on this processor; empty when it does."""
    command = [str(places.PYTHON), "-c", "import llama_cpp; llama_cpp.llama_backend_init()"]
    tried = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if tried.returncode == 0:
        return ""
    return tried.stderr.strip().rpartition("\n")[2] or f"it ended with code {tried.returncode}"


def sees_gpu() -> bool:
    """Whether the installed llama-cpp-python finds a GPU."""
    question = "import llama_cpp, sys; sys.exit(not llama_cpp.llama_supports_gpu_offload())"
    return subprocess.run([str(places.PYTHON), "-c", question], capture_output=True).returncode == 0


def cached_llama() -> str:
    """The wheel that an earlier build has left in pip's cache; empty when there is none.

    One with tile instructions is removed from the cache, because pip would install it again.
    """
    cache = [str(places.PYTHON), "-m", "pip", "cache"]
    command = [*cache, "list", "llama_cpp_python", "--format", "abspath"]
    found = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    wanted = places.pin("llama-cpp-python").replace("-", "_").replace("==", "-")
    wheel = next((path for path in found if Path(path).name.startswith(f"{wanted}-")), "")
    if wheel and builds.has_amx(Path(wheel)):
        subprocess.run([*cache, "remove", f"{wanted}-*"], capture_output=True)
        return ""
    return wheel


def try_llama(title: str, *arguments: str) -> bool:
    """Try a llama-cpp-python that is already built; True when it works here."""
    how = ("--no-deps", "--force-reinstall", "--only-binary", ":all:")
    try:
        installing.pip(title, *how, *arguments, trying=True)
    except SetupError:
        return False
    if problem := llama_problem():
        print(f"{title}: it cannot be loaded ({problem}), another way is tried.", flush=True)
    return not problem


def install_llama(build: Build = builds.NONE) -> None:
    """Install llama-cpp-python: for the GPU where that can be had, else for the processor."""
    if build.kind:
        if has_gpu_llama(build):
            return
        print(
            f"{builds.found(build)}, but no build of llama.cpp for {build.title} was found, and "
            f"compiling one needs {build.missing}. The processor's build is taken.",
            flush=True,
        )
    install_cpu_llama()


def has_gpu_llama(build: Build) -> bool:
    """Install a build for the GPU, prebuilt or compiled here; False where neither can be had.

    Pip's cache does not tell such a wheel from the processor's, so that it has no part in this.
    """
    pinned, title = places.pin("llama-cpp-python"), f"llama.cpp for {build.title}"
    for name in build.indexes:
        index = LLAMA_WHEELS + name
        if machine.answers(f"{index}/llama-cpp-python/") and try_llama(
            f"{title}, prebuilt ({name})", "--no-cache-dir", "--index-url", index, pinned
        ):
            return True
    if build.missing:
        return False
    compile_llama(build, pinned, title)
    return True


def compile_llama(build: Build, pinned: str, title: str) -> None:
    """Compile llama-cpp-python for the GPU."""
    print(f"{title} is compiled once: about 15 minutes on two cores.", flush=True)
    how = ("--force-reinstall", "--no-cache-dir", "--no-binary", "llama-cpp-python")
    settings = ("--config-settings", f"cmake.args={';'.join(build.cmake)}")
    source = installing.by_lock(lock.only(places.LOCKED.read_text("utf-8"), pinned))
    installing.pip(f"{title}, compiling", *how, *settings, *source, compiling=True)
    if problem := llama_problem():
        raise SetupError(f"{title} was compiled, but cannot be loaded: {problem}.")


def install_cpu_llama() -> None:
    """Install the processor's llama-cpp-python: from pip's cache, else prebuilt, else compiled."""
    wheel = cached_llama()
    if wheel and try_llama("llama.cpp, built here before", wheel):
        return
    index = LLAMA_WHEELS + ("metal" if sys.platform == "darwin" else "cpu")
    pinned, answered = places.pin("llama-cpp-python"), machine.answers(f"{index}/llama-cpp-python/")
    if answered and try_llama("llama.cpp, prebuilt", "--index-url", index, pinned):
        return
    machine.need_compiler()
    reason = "No prebuilt wheel works here" if answered else "No prebuilt wheel answered"
    print(f"{reason}, so llama.cpp is compiled once: about 10 minutes on two cores.", flush=True)
    source = installing.by_lock(lock.only(places.LOCKED.read_text("utf-8"), pinned))
    installing.pip("llama.cpp, compiling", "--force-reinstall", *source, compiling=True)
    if problem := llama_problem():
        raise SetupError(f"llama.cpp was compiled, but cannot be loaded: {problem}.")


def install_torch() -> None:
    """Install PyTorch and transformers; without an NVIDIA GPU the build for the processor."""
    machine.need_space(6, places.ROOT)
    bare = sys.platform == "linux" and not machine.has_nvidia()
    if bare and not install_cpu_torch(places.pin("torch")):
        print("PyTorch's CPU builds do not answer, so the usual build of several GB is taken.")
        machine.need_space(12, places.ROOT)
        bare = False
    needs = places.project()["optional-dependencies"]["torch"]
    lines = lock.closure(places.LOCKED.read_text("utf-8"), needs, lock.NVIDIA if bare else ())
    installing.pip("PyTorch and transformers", *installing.by_lock(lines))


def install_pack(*tools: str) -> None:
    """Install what the Torch engine's pack is made of, and with: PyTorch's CPU build in any case.

    Raises SetupError where that cannot be had: the usual build does not fit into a pack.
    """
    machine.need_space(6, places.ROOT)
    if not install_cpu_torch(places.pin("torch")):
        raise SetupError(
            "PyTorch's CPU build is neither on this machine nor does its index answer: connect, "
            "and run the same command again."
        )
    needs = [*places.project()["optional-dependencies"]["torch"], *PACK_NEEDS, *tools]
    lines = lock.closure(places.LOCKED.read_text("utf-8"), needs, lock.NVIDIA)
    installing.pip("Libraries of the pack", *installing.by_lock(lines))


def install_cpu_torch(pinned: str) -> bool:
    """Install PyTorch without CUDA: from this machine's own wheels, else from its project's.

    False where there is none. These wheels are on no index that the lock was made from, so that
    their hashes are not checked.
    """
    try:
        installing.pip("PyTorch, from this machine", "--no-index", "--no-deps", pinned, trying=True)
    except SetupError:
        if not machine.answers(f"{TORCH_CPU_WHEELS}/torch/"):
            return False
        how = ("--no-deps", "--index-url", TORCH_CPU_WHEELS)
        installing.pip("PyTorch, for the processor", *how, pinned)
    return True
