"""The two commands of a developer: `run` opens the program, `test` proves it.

Usage: python3 packaging/dev.py run [--torch] [--gpu auto|cuda|vulkan|metal|none]
       python3 packaging/dev.py test [pytest's arguments] | check | docs [--check]
       python3 packaging/dev.py translate [--check]
       python3 packaging/dev.py test --vulkan [pytest's arguments]
       python3 packaging/dev.py test --soak [--engine NAME] [--tokens N] [--seed N]
       python3 packaging/dev.py test --responsive [--part NAME]… [--stacks]
       python3 packaging/dev.py test --endurance [--loads N] [--texts N] [--kills N] [--seed N]
       python3 packaging/dev.py lock | audit
       python3 packaging/dev.py accessibility
       python3 packaging/dev.py bundle [tar] [deb] [appdir]
       python3 packaging/dev.py bundle --prove [--quick] [tar] [deb] [appdir]

Everything is installed into `.venv`. Each step of the set-up leaves a stamp there when it is done,
so that an interrupted one goes on where it stopped, and a complete one takes no time or network.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import builds
import lock
import machine
from builds import Build
from bundle import build as bundles, freeze, llama
from machine import SetupError
from prove.run import prove
from watching import CommandError, compiled_files, pip_says, watch

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / os.environ.get("LAMPBLACK_VENV", ".venv")
VULKAN_VENV, BUNDLE_VENV = ".venv-vulkan", ".venv-bundle"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOG = ROOT / ".setup" / "setup.log"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
LOCKED = ROOT / "packaging" / "locked.txt"
LLAMA_WHEELS = "https://abetlen.github.io/llama-cpp-python/whl/"
LLAMA_NEEDS = ("diskcache", "typing-extensions")
"""What llama-cpp-python needs beyond our own libraries: a forced install would renew them all."""

BUILDER = "setuptools"
"""What builds our own package: pip would fetch another one, unchecked, for that moment."""

TORCH_CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
OFFLINE = re.compile(r"Retrying \(Retry\(|Could not fetch URL|Network is unreachable")


def project() -> dict[str, Any]:
    """The [project] table of pyproject.toml."""
    import tomllib  # not at the top: an older Python must get as far as its error message

    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def pin(package: str) -> str:
    """The line of the constraints for `package`, such as `torch==2.13.0`."""
    lines = CONSTRAINTS.read_text("utf-8").splitlines()
    return next(line for line in lines if line.startswith(f"{package}=="))


def python_version() -> str:
    """The version of the Python in .venv, as `3.11`."""
    settings = VENV / "pyvenv.cfg"
    found = re.search(r"^version *= *(\d+\.\d+)", settings.read_text("utf-8"), re.MULTILINE)
    return found.group(1) if found else ""


# Installing


def pip(title: str, *arguments: str, compiling: bool = False, trying: bool = False) -> None:
    """Install into .venv at the pinned versions, behind a line of progress.

    Requirements alone come by the lock, with all that they need; pip checks every file's hash.
    """
    if not any(argument.startswith("-") for argument in arguments):
        arguments = by_lock(lock.closure(LOCKED.read_text("utf-8"), arguments))
    failed = "did not work, another way is tried" if trying else "failed"
    command: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install"]
    command += ["-v"] if compiling else []
    detail = compiled_files if compiling else pip_says
    try:
        variables = builds.compiler_flags() if compiling else {}
        watch(title, [*command, "-c", CONSTRAINTS, *arguments], LOG, detail, failed, variables)
    except CommandError as error:
        raise SetupError(why_pip_failed(title, error.tail)) from None


def by_lock(lines: str) -> tuple[str, ...]:
    """What tells pip to install these lines of the lock, and to take no file of another hash."""
    listed = LOG.with_name("requirements.txt")
    listed.parent.mkdir(parents=True, exist_ok=True)
    listed.write_text(lines, "utf-8")
    return "--require-hashes", "--no-deps", "-r", str(listed)


def why_pip_failed(title: str, tail: str) -> str:
    """The sentence about a pip that failed, out of the end of its output."""
    if OFFLINE.search(tail):
        return f"{title}: the network does not answer; connect, and run the same command again."
    if "No space left on device" in tail:
        return f"{title}: the disk is full; make room, and run the same command again."
    return f"{title}: pip failed; its whole output is in {LOG}, and this is the end:\n{tail}"


def llama_problem() -> str:
    """Why the installed llama-cpp-python does not run on this processor; empty when it does."""
    command = [str(PYTHON), "-c", "import llama_cpp; llama_cpp.llama_backend_init()"]
    tried = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if tried.returncode == 0:
        return ""
    return tried.stderr.strip().rpartition("\n")[2] or f"it ended with code {tried.returncode}"


def sees_gpu() -> bool:
    """Whether the installed llama-cpp-python finds a GPU."""
    question = "import llama_cpp, sys; sys.exit(not llama_cpp.llama_supports_gpu_offload())"
    return subprocess.run([str(PYTHON), "-c", question], capture_output=True).returncode == 0


def cached_llama() -> str:
    """The wheel that an earlier build has left in pip's cache; empty when there is none.

    One with tile instructions is removed from the cache, because pip would install it again.
    """
    cache = [str(PYTHON), "-m", "pip", "cache"]
    command = [*cache, "list", "llama_cpp_python", "--format", "abspath"]
    found = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    wanted = pin("llama-cpp-python").replace("-", "_").replace("==", "-")
    wheel = next((path for path in found if Path(path).name.startswith(f"{wanted}-")), "")
    if wheel and builds.has_amx(Path(wheel)):
        subprocess.run([*cache, "remove", f"{wanted}-*"], capture_output=True)
        return ""
    return wheel


def try_llama(title: str, *arguments: str) -> bool:
    """Try a llama-cpp-python that is already built; True when it works here."""
    how = ("--no-deps", "--force-reinstall", "--only-binary", ":all:")
    try:
        pip(title, *how, *arguments, trying=True)
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
    pinned, title = pin("llama-cpp-python"), f"llama.cpp for {build.title}"
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
    source = by_lock(lock.only(LOCKED.read_text("utf-8"), pinned))
    pip(f"{title}, compiling", *how, *settings, *source, compiling=True)
    if problem := llama_problem():
        raise SetupError(f"{title} was compiled, but cannot be loaded: {problem}.")


def install_cpu_llama() -> None:
    """Install the processor's llama-cpp-python: from pip's cache, else prebuilt, else compiled."""
    wheel = cached_llama()
    if wheel and try_llama("llama.cpp, built here before", wheel):
        return
    index = LLAMA_WHEELS + ("metal" if sys.platform == "darwin" else "cpu")
    pinned, answered = pin("llama-cpp-python"), machine.answers(f"{index}/llama-cpp-python/")
    if answered and try_llama("llama.cpp, prebuilt", "--index-url", index, pinned):
        return
    machine.need_compiler()
    reason = "No prebuilt wheel works here" if answered else "No prebuilt wheel answered"
    print(f"{reason}, so llama.cpp is compiled once: about 10 minutes on two cores.", flush=True)
    source = by_lock(lock.only(LOCKED.read_text("utf-8"), pinned))
    pip("llama.cpp, compiling", "--force-reinstall", *source, compiling=True)
    if problem := llama_problem():
        raise SetupError(f"llama.cpp was compiled, but cannot be loaded: {problem}.")


def install_torch() -> None:
    """Install PyTorch and transformers; without an NVIDIA GPU the build for the processor."""
    machine.need_space(6, ROOT)
    bare = sys.platform == "linux" and not machine.has_nvidia() and install_cpu_torch(pin("torch"))
    needs = project()["optional-dependencies"]["torch"]
    lines = lock.closure(LOCKED.read_text("utf-8"), needs, lock.NVIDIA if bare else ())
    pip("PyTorch and transformers", *by_lock(lines))


def install_cpu_torch(pinned: str) -> bool:
    """Install PyTorch without CUDA: from this machine's own wheels, else from its project's.

    False where there is none. These wheels are on no index that the lock was made from, so that
    their hashes are not checked.
    """
    try:
        pip("PyTorch, from this machine", "--no-index", "--no-deps", pinned, trying=True)
    except SetupError:
        if not machine.answers(f"{TORCH_CPU_WHEELS}/torch/"):
            print("PyTorch's CPU builds do not answer, so the usual build of several GB is taken.")
            machine.need_space(12, ROOT)
            return False
        how = ("--no-deps", "--index-url", TORCH_CPU_WHEELS)
        pip("PyTorch, for the processor", *how, pinned)
    return True


def install_program(needs: Sequence[str]) -> None:
    """Install the libraries, then the program itself as it stands in this folder."""
    pip("Libraries", *needs)
    own = ("--no-index", "--no-deps", "--no-build-isolation")
    pip("Lampblack", *own, "-e", str(ROOT))


# The set-up


def once(name: str, action: Callable[[], object], *inputs: str) -> None:
    """Do `action` unless it was completed before with the same `inputs`."""
    stamp = VENV / "stamps" / name
    wanted = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    action()
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(wanted, "utf-8")


def make_venv() -> None:
    """Make .venv, over whatever an interrupted try has left there."""
    machine.need_python()
    machine.need_space(3, ROOT)
    try:
        watch("Making .venv", [sys.executable, "-m", "venv", "--clear", VENV], LOG, str.strip)
    except CommandError as error:
        raise SetupError(f".venv could not be made: {error.tail.strip()}") from None


def set_up(*, llama: bool = True, torch: bool = False, tools: bool = False, gpu: str = "") -> None:
    """Bring .venv to where it should be; every step that is complete is left alone.

    `gpu` chooses the build of llama.cpp; without it the present one stays.
    """
    if not PYTHON.exists():
        shutil.rmtree(VENV, ignore_errors=True)
    once("venv", make_venv)
    about, pins, version = project(), CONSTRAINTS.read_text("utf-8"), python_version()
    pins += LOCKED.read_text("utf-8")
    extras = about["optional-dependencies"]
    own = [*about["dependencies"], *extras["keyring"]]
    own += [*LLAMA_NEEDS, BUILDER]
    needs = json.dumps([own, about["scripts"], str(ROOT)])
    once("program", lambda: install_program(own), needs, pins, version)
    once("qt", lambda: machine.need_qt(PYTHON), pins, version)
    texts = sorted(path.read_text("utf-8") for path in (ROOT / "resources").glob("*/*.ts"))
    once("texts", lambda: translations("--compile"), *texts, version)
    if llama:
        build = builds.choose(gpu or chosen_gpu() or "none")
        inputs = (pin("llama-cpp-python"), version, builds.NO_AMX, *build.stamp)
        once("llama", lambda: install_llama(build), *inputs)
        (VENV / "stamps" / "gpu").write_text(build.kind or "none", "utf-8")
    if torch:
        once("torch", install_torch, *extras["torch"], pins, version)
    if tools:
        once("tools", lambda: pip("Test tools", *extras["test"]), *extras["test"], pins, version)


def chosen_gpu() -> str:
    """The build of llama.cpp that is installed; empty before the first."""
    stamp = VENV / "stamps" / "gpu"
    return stamp.read_text("utf-8") if stamp.exists() else ""


def get_starter() -> int:
    """Fetch the starter model unless it is there; the program itself says what went wrong."""
    return subprocess.call([BIN / "lampblack", "models", "get", "starter", "--yes"])


# The words


def run(torch: bool, gpu: str) -> int:
    """Set up what the program needs, and become the program."""
    set_up(torch=torch, gpu=gpu or chosen_gpu() or "auto")
    machine.need_display()
    get_starter()  # if it fails, the window offers the starter again, or a model from disk
    program = str(BIN / "lampblack")
    if os.name != "nt":
        os.execv(program, [program])  # noqa: S606 (the program is our own)
    return subprocess.call([program])


def docs(*arguments: str) -> int:
    """Write the generated parts of the README, or check them."""
    return subprocess.call([PYTHON, ROOT / "packaging" / "docs.py", *arguments], cwd=ROOT)


def translations(*arguments: str) -> int:
    """Collect, compile or check the window's texts; what is not compiled, the window compiles."""
    return subprocess.call([PYTHON, ROOT / "packaging" / "translations.py", *arguments], cwd=ROOT)


def check() -> int:
    """Run every check that is not a test; the first that fails ends it."""
    for command in (
        ("ruff", "format", "--check", "--quiet", "."),
        ("ruff", "check", "--quiet", "."),
        ("mypy",),
        ("mypy", "packaging/dev.py", "packaging/docs.py", "packaging/translations.py"),
        ("lint-imports", "--no-logo"),
    ):
        print("──", *command, flush=True)
        if subprocess.call([BIN / command[0], *command[1:]], cwd=ROOT):
            print(f"{command[0]} found something to put right; see above.", file=sys.stderr)
            return 1
    print("── packaging/docs.py --check", flush=True)
    return docs("--check") or translations("--check")


def test(arguments: Sequence[str]) -> int:
    """Set up everything, check everything, then run the tests.

    The whole suite has the run through AT-SPI at its end, where its programs are installed.
    """
    set_up(torch=True, tools=True)
    code = get_starter() or check()
    code = code or subprocess.call([PYTHON, "-m", "pytest", *arguments], cwd=ROOT)
    return code or (0 if arguments else accessibility("--if-here"))


def accessibility(*arguments: str) -> int:
    """Work a real window through AT-SPI, as a screen reader does; what is missing is told."""
    print("── accessibility", flush=True)
    command: list[str | Path] = [PYTHON, "-m", "tests.accessibility.run", *arguments]
    return subprocess.call(command, cwd=ROOT)


def long_test(name: str, arguments: Sequence[str]) -> int:
    """Set up what a long run needs, and run it: soak or endurance (leaks), responsive (stalls)."""
    set_up(torch=name == "soak", tools=True)
    code, module = get_starter(), LONG_TESTS[name]
    return code or subprocess.call([PYTHON, "-m", module, *arguments], cwd=ROOT)


LONG_TESTS = {
    "soak": "tests.soak.run",
    "responsive": "tests.responsive.run",
    "endurance": "tests.soak.endurance",
}
"""The modules of the long runs, each with a flag of its own."""


def test_vulkan(arguments: Sequence[str]) -> int:
    """Run the tests of the GPU path on Vulkan, without a GPU, in an environment of their own."""
    if VENV.name != VULKAN_VENV:
        return again_in(VULKAN_VENV, "test", "--vulkan", *arguments)
    if missing := builds.choose("vulkan").missing:
        raise SetupError(f"The tests of Vulkan need {missing}.")
    set_up(tools=True, gpu="vulkan")
    os.environ["GGML_VK_VISIBLE_DEVICES"] = "0"  # else the processor's own Vulkan is passed over
    if not sees_gpu():
        how = machine.install_command("mesa-vulkan-drivers", "mesa-vulkan-drivers")
        raise SetupError(f"Vulkan finds no device here, not even the processor: run `{how}`.")
    code = get_starter()
    command = [str(PYTHON), "-m", "pytest", "tests/vulkan", *arguments]
    return code or subprocess.call(command, cwd=ROOT)


def again_in(venv: str, *words: str) -> int:
    """Run this command in an environment of its own."""
    command = [sys.executable, __file__, *words]
    return subprocess.call(command, env={**os.environ, "LAMPBLACK_VENV": venv})


def workshop() -> freeze.Workshop:
    """Where bundles are made."""
    python = PYTHON.relative_to(VENV)
    return freeze.Workshop(ROOT, ROOT / BUNDLE_VENV / python, pip, pin)


def bundle(formats: Sequence[str]) -> int:
    """Freeze the program in a clean environment, and pack it."""
    if VENV.name != BUNDLE_VENV:
        return again_in(BUNDLE_VENV, "bundle", *formats)
    about, shop = project(), workshop()
    needs = [*about["dependencies"], *about["optional-dependencies"]["keyring"]]

    def prepare() -> None:
        make_venv()
        freeze.install(shop, needs)

    once("bundle", prepare, *needs, CONSTRAINTS.read_text("utf-8"), sys.version, *llama.FLAGS)
    return bundles.run(shop, formats)


def parser() -> argparse.ArgumentParser:
    """The words of this command."""
    made = argparse.ArgumentParser(prog="dev.py", description="Set up, run, test and check.")
    words = made.add_subparsers(
        dest="word",
        required=True,
        metavar="run | test | accessibility | check | docs | translate | bundle | lock | audit",
    )
    run_word = words.add_parser("run", help="set up what is missing and open the window")
    run_word.add_argument("--torch", action="store_true", help="add the PyTorch engine")
    gpu_help = "the build of llama.cpp; auto, at first, takes the one that fits the hardware"
    run_word.add_argument("--gpu", choices=builds.KINDS, default="", help=gpu_help)
    test_help = "set up everything, check it and run the tests"
    test_word = words.add_parser("test", help=test_help, allow_abbrev=False)
    test_word.add_argument("--soak", action="store_true", help="only the long run for leaks")
    stalls = "only the run that looks for stalls of the window"
    test_word.add_argument("--responsive", action="store_true", help=stalls)
    flat = "only the engine's long run: loads, texts and kills"
    test_word.add_argument("--endurance", action="store_true", help=flat)
    test_word.add_argument("--vulkan", action="store_true", help="only the GPU path, on Vulkan")
    words.add_parser("lock", help="write packaging/locked.txt: every version with its hashes")
    words.add_parser("audit", help="compare the lock with the known vulnerabilities")
    seen = "work a real window through AT-SPI, as a screen reader does"
    words.add_parser("accessibility", help=seen)
    words.add_parser("check", help="format, lint, types, import contracts, README")
    docs_word = words.add_parser("docs", help="write the README's generated parts")
    texts_help = "collect the window's texts for translation, and compile what is translated"
    texts_word = words.add_parser("translate", help=texts_help)
    texts_word.add_argument("--check", action="store_true", help="only say whether all is done")
    docs_word.add_argument("--check", action="store_true", help="only say whether they are true")
    bundle_word = words.add_parser("bundle", help="freeze the program, and pack it")
    bundle_word.add_argument("formats", nargs="*", type=bundles.known)
    proof = "try the archives of dist/ in fresh trees of Debian and Ubuntu instead"
    bundle_word.add_argument("--prove", action="store_true", help=proof)
    bundle_word.add_argument("--quick", action="store_true", help="only one archive in one tree")
    return made


def dispatch(given: argparse.Namespace, rest: Sequence[str]) -> int:
    """Do what the command line says; `rest` is for pytest."""
    if given.word == "run":
        return run(given.torch, given.gpu)
    if given.word == "test" and given.vulkan:
        return test_vulkan(rest)
    if given.word == "test":
        long = next((name for name in LONG_TESTS if getattr(given, name)), "")
        return long_test(long, rest) if long else test(rest)
    if given.word in ("lock", "audit"):
        return lock.write(ROOT) if given.word == "lock" else lock.audit(ROOT)
    if given.word == "accessibility":
        set_up(tools=True)
        return get_starter() or accessibility()
    if given.word == "bundle" and given.prove:
        return prove(workshop(), given.formats, is_quick=given.quick)
    if given.word == "bundle":
        return bundle(given.formats)
    set_up(llama=False, tools=True)
    if given.word == "check":
        return check()
    write = translations if given.word == "translate" else docs
    return write(*["--check"] * given.check)


def main(arguments: Sequence[str]) -> int:
    """Run the command line; an error is one sentence on stderr."""
    given, rest = parser().parse_known_args(arguments)
    if rest and given.word != "test":
        parser().error(f"{given.word} does not know {rest[0]}")
    try:
        machine.need_python()
        return dispatch(given, rest)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command continues where it stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
