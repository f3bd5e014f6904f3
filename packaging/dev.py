"""The developer's one command: `run` opens the program, `test` proves it, and the others.

Usage: python3 packaging/dev.py run [--torch] [--gpu auto|cuda|vulkan|metal|none]
       python3 packaging/dev.py test [pytest's arguments] | check | docs [--check]
       python3 packaging/dev.py translate [--check]
       python3 packaging/dev.py test --vulkan [pytest's arguments]
       python3 packaging/dev.py test --soak [--engine NAME] [--tokens N] [--seed N]
       python3 packaging/dev.py test --responsive [--part NAME]… [--stacks]
       python3 packaging/dev.py test --endurance [--loads N] [--texts N] [--kills N] [--seed N]
       python3 packaging/dev.py test --kills [N] [--seed N]
       python3 packaging/dev.py test --training-kills [N] [--seed N] [--what classifier|style]
       python3 packaging/dev.py bench [lampblack bench's arguments]
       python3 packaging/dev.py lock | audit
       python3 packaging/dev.py accessibility
       python3 packaging/dev.py bundle [tar] [deb] [appdir] [appimage] | [zip] [nsis] | [dmg]
       python3 packaging/dev.py bundle [formats] --torch-pack
       python3 packaging/dev.py bundle --prove [--quick] [tar] [deb] [appdir] | [zip] [nsis] | [dmg]
       python3 packaging/dev.py bundle --terms
       python3 packaging/dev.py publish TAG

Everything is installed into `.venv`. Each step of the set-up leaves a stamp there when it is done,
so that an interrupted one goes on where it stopped, and a complete one takes no time or network.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

import builds
import engines
import environment
import installing
import lock
import machine
import places
import testing
from bundle import (
    build as bundles,
    freeze,
    licences,
    llama,
    needs,
    publish,
    systems,
    torch_contents,
    torch_pack as packs,
)
from machine import SetupError
from prove import installer, local
from prove.run import prove

BUNDLE_VENV = ".venv-bundle"
PACK_VENV = ".venv-torch-pack"


def run(torch: bool, gpu: str) -> int:
    """Set up what the program needs, and become the program."""
    environment.set_up(torch=torch, gpu=gpu or environment.chosen_gpu() or "auto")
    machine.need_display()
    environment.get_starter()  # if it fails, the window offers it again, or a model from disk
    program = str(places.BIN / "lampblack")
    if os.name != "nt":
        os.execv(program, [program])  # noqa: S606 (the program is our own)
    return subprocess.call([program])


def workshop() -> freeze.Workshop:
    """Where bundles are made."""
    python = places.PYTHON.relative_to(places.VENV)
    return freeze.Workshop(
        places.ROOT, places.ROOT / BUNDLE_VENV / python, installing.pip, places.pin
    )


def bundle(formats: Sequence[str]) -> int:
    """Freeze the program in a clean environment, and pack it."""
    systems.require_here(formats)
    if sys.platform == "linux":
        needs.require_to_build(formats)
    if places.VENV.name != BUNDLE_VENV:
        return environment.again_in(BUNDLE_VENV, "bundle", *formats)
    about, shop = places.project(), workshop()
    libraries = [*about["dependencies"], *about["optional-dependencies"]["keyring"]]
    if missing := llama.vulkan()[1]:
        print(f"llama.cpp is without Vulkan, a build of which needs {missing}.", flush=True)

    def prepare() -> None:
        environment.make_venv()
        freeze.install(shop, libraries)

    environment.once(
        "bundle",
        prepare,
        *libraries,
        places.CONSTRAINTS.read_text("utf-8"),
        sys.version,
        llama.key(places.pin("llama-cpp-python"), ""),
    )
    return bundles.run(shop, formats)


def torch_pack() -> int:
    """Freeze the Torch engine's host in a clean environment of its own, and pack it; on Linux."""
    needs.require_for_pack()
    if places.VENV.name != PACK_VENV:
        return environment.again_in(PACK_VENV, "bundle", "--torch-pack")
    shop = freeze.Workshop(
        places.ROOT, places.PYTHON, installing.pip, places.pin, torch_contents.NAME
    )

    def prepare() -> None:
        environment.make_venv()
        engines.install_pack(freeze.FREEZER)

    pins = places.CONSTRAINTS.read_text("utf-8") + places.LOCKED.read_text("utf-8")
    environment.once("torch-pack", prepare, pins, sys.version, *engines.PACK_NEEDS)
    return packs.run(shop)


def prove_bundle(formats: Sequence[str], *, is_quick: bool, system: str = sys.platform) -> int:
    """Try the archives of dist/; of Windows' installer what it does with a small tree."""
    others = [name for name in formats if name != "nsis"]
    systems.require_here(others, system)
    code = installer.prove() if "nsis" in formats else 0
    if code or (formats and not others):
        return code
    if system == "linux":
        needs.require_to_prove(formats, is_quick=is_quick)
        return prove(workshop(), others, is_quick=is_quick)
    return local.prove(places.ROOT / "dist", system)


def parser() -> argparse.ArgumentParser:
    """The words of this command."""
    made = argparse.ArgumentParser(prog="dev.py", description="Set up, run, test and check.")
    words = made.add_subparsers(
        dest="word",
        required=True,
        metavar="run | test | bench | check | docs | translate | bundle | publish | lock | audit …",
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
    killed = "only the run that kills the program so often, and looks for lost text"
    test_word.add_argument("--kills", type=int, nargs="?", const=200, metavar="N", help=killed)
    trained = "only the run that kills trainings so often, and looks whether they go on"
    test_word.add_argument(
        "--training-kills", type=int, nargs="?", const=50, metavar="N", help=trained
    )
    test_word.add_argument("--vulkan", action="store_true", help="only the GPU path, on Vulkan")
    compared = "measure beside other builds of llama.cpp, too"
    words.add_parser("bench", help=compared, add_help=False, allow_abbrev=False)
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
    pack_help = "freeze the PyTorch engine as a pack of its own; without formats only that"
    bundle_word.add_argument("--torch-pack", action="store_true", help=pack_help)
    bundle_word.add_argument("--quick", action="store_true", help="only one archive in one tree")
    collected = "only keep the licences that Windows and macOS do not have, for a build there"
    bundle_word.add_argument("--terms", action="store_true", help=collected)
    publish_word = words.add_parser("publish", help="draft a release of what the jobs have built")
    publish_word.add_argument("tag", help="the release's tag, such as v0.1.0")
    return made


def dispatch(given: argparse.Namespace, rest: Sequence[str]) -> int:
    """Do what the command line says; `rest` is for pytest."""
    if given.word == "run":
        return run(given.torch, given.gpu)
    if given.word == "test" and given.vulkan:
        return testing.test_vulkan(rest)
    if given.word == "test":
        long = next((name for name in testing.LONG_TESTS if getattr(given, name)), "")
        if given.kills is not None:  # an option of the other's, too
            rest = (
                ("--kills", str(given.kills), *rest)
                if given.endurance
                else (str(given.kills), *rest)
            )
        if given.training_kills is not None:
            rest = (str(given.training_kills), *rest)
        return testing.long_test(long, rest) if long else testing.test(rest)
    if given.word == "bench":
        return testing.bench(rest)
    if given.word in ("lock", "audit"):
        return lock.write(places.ROOT) if given.word == "lock" else lock.audit(places.ROOT)
    if given.word == "accessibility":
        environment.set_up(tools=True)
        return environment.get_starter() or testing.accessibility()
    if given.word == "bundle" and given.prove:
        return prove_bundle(given.formats, is_quick=given.quick)
    if given.word == "bundle" and given.terms:
        licences.keep_terms(licences.KEPT)
        return 0
    if given.word == "publish":
        return publish.publish(places.ROOT, given.tag)
    if given.word == "bundle":
        if given.torch_pack and sys.platform != "linux":
            raise SetupError("The pack is made on Linux: run it there.")
        if given.torch_pack and not given.formats:
            return torch_pack()
        return bundle(given.formats) or (torch_pack() if given.torch_pack else 0)
    environment.set_up(llama=False, tools=True)
    if given.word == "check":
        return testing.check()
    write = environment.translations if given.word == "translate" else testing.docs
    return write(*["--check"] * given.check)


def _pairless(given: argparse.Namespace) -> str:
    """What is wrong with flags of `bundle` that do not go together; else empty."""
    if given.word != "bundle":
        return ""
    chosen = [name for name in ("prove", "terms", "torch_pack") if getattr(given, name)]
    if len(chosen) > 1:
        words = " and ".join(f"--{name.replace('_', '-')}" for name in chosen)
        return f"{words} do not go together"
    if given.quick and not given.prove:
        return "--quick is for --prove"
    return "--terms takes no formats" if given.terms and given.formats else ""


def main(arguments: Sequence[str]) -> int:
    """Run the command line; an error is one sentence on stderr."""
    given, rest = parser().parse_known_args(arguments)
    if rest and given.word not in ("test", "bench"):
        parser().error(f"{given.word} does not know {rest[0]}")
    if problem := _pairless(given):
        parser().error(problem)
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
