"""The archives of a frozen program: .tar.xz, .deb and the tree of an AppImage; their checksums."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from machine import SetupError, tool

from bundle import share
from bundle.contents import NAME

ARCHITECTURE = "x86_64"
PACK = f"{NAME}-torch"
"""How the names of the Torch engine's pack begin."""

PLACE = f"opt/{NAME}"
"""Where the program lies below the root of a package."""

APPDIR = "Lampblack.AppDir"

_PACKAGES = {
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libexpat.so.1": "libexpat1",
    "libz.so.1": "zlib1g",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libdrm.so.2": "libdrm2",
    "libgbm.so.1": "libgbm1",
    "libstdc++.so.6": "libstdc++6",
    "libgcc_s.so.1": "libgcc-s1",
    "libcrypt.so.1": "libcrypt1",
}
"""Debian's names of the libraries that a bundle leaves to the system; the C library's is apart."""

_WELCOME_ONES = {"libvulkan.so.1": "libvulkan1", "libcups.so.2": "libcups2"}
"""The same of those without which only a graphics card is not used, or nothing printed."""

_WELCOME = ("shared-mime-info", "desktop-file-utils", "hicolor-icon-theme", "fonts-dejavu-core")

_CONTROL = """\
Package: {name}
Version: {version}
Architecture: amd64
Maintainer: The Lampblack authors
Section: editors
Priority: optional
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: {recommends}
Suggests: fonts-noto-cjk
Description: write with a language model that never leaves your machine
 A quiet studio for writing: a language model goes on from the cursor in your
 own manuscript, on this machine, without an account, a server or a network.
 A small model to begin with is included.
"""

_README = """\
Lampblack {version}: writing with a language model that never leaves your machine.
Start:   ./lampblack           (the window; ./lampblack --help shows the words of the command line)
Needs:   a Linux desktop with an x86-64 processor and glibc {glibc} or newer; no network
Remove:  delete this folder; your texts, models and settings lie in your home and stay
Terms:   MIT; those of everything else in it, the model included, lie in _internal/licences
"""

_PACKED = ("-comp", "zstd", "-Xcompression-level", "22", "-b", "256K")
"""How the AppDir is packed: 2 % smaller than zstd's and squashfs's own values."""

_RUN = """\
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/{place}/lampblack" "$@"
"""


@dataclass(frozen=True)
class Release:
    """What the archives are made of, and where; `made` is in seconds since 1970."""

    tree: Path
    work: Path
    version: str
    made: int
    glibc: str
    needs: frozenset[str]
    drawing: Path
    python: Path

    @property
    def dist(self) -> Path:
        """The folder of the finished archives."""
        return self.tree.parent

    @property
    def title(self) -> str:
        """The beginning of each archive's name."""
        return f"{NAME}-{self.version}-linux-{ARCHITECTURE}"


def make_tar(release: Release) -> Path:
    """The archive for every distribution: one folder, with a README of five lines."""
    folder = release.work / "tar"
    top = copied(release.tree, folder, f"{NAME}-{release.version}")
    text = _README.format(version=release.version, glibc=release.glibc)
    (top / "README.txt").write_text(text, "utf-8")
    return write_tar(release.dist / f"{release.title}.tar.xz", folder, [top.name], release.made)


def write_tar(target: Path, folder: Path, names: Sequence[str], made: int) -> Path:
    """Write what is in `folder` under these names, in their order, into a .tar.xz."""
    command = [tool("tar", "tar"), "--sort=name", "--owner=0", "--group=0", "--numeric-owner"]
    command += [f"--mtime=@{made}", "-I", f"{tool('xz', 'xz-utils')} -6 -T0"]
    _run([*command, "-C", str(folder), "-cf", str(target), *names])
    return target


def make_deb(release: Release) -> Path:
    """The package for Debian and its kin; it has no scripts, so that it leaves nothing."""
    folder = release.work / "deb"
    copied(release.tree, folder, PLACE)
    (folder / "usr" / "bin").mkdir(parents=True)
    (folder / "usr" / "bin" / NAME).symlink_to(f"../../{PLACE}/{NAME}")
    usr = folder / "usr" / "share"
    share.install(usr, release.drawing, release.python, release.version, release.made)
    notes = usr / "doc" / NAME
    notes.mkdir(parents=True)
    own = release.tree / "_internal" / "licences" / f"{NAME}.txt"
    words = f"Terms of everything else in it: /{PLACE}/_internal/licences\n"
    (notes / "copyright").write_text(f"{own.read_text('utf-8')}\n{words}", "utf-8")
    sizes = (path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
    (folder / "DEBIAN").mkdir()
    control = _CONTROL.format(
        name=NAME,
        version=release.version,
        kilobytes=sum(sizes) // 1024,
        depends=", ".join(depends(release.needs, release.glibc)),
        recommends=", ".join(recommends(release.needs)),
    )
    (folder / "DEBIAN" / "control").write_text(control, "utf-8")
    target = release.dist / f"{NAME}_{release.version}_amd64.deb"
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(release.made)}
    command = [tool("dpkg-deb", "dpkg"), "--root-owner-group", "-Zxz", "--build"]
    _run([*command, str(folder), str(target)], environment)
    return target


def depends(needs: Iterable[str], glibc: str) -> list[str]:
    """Debian's packages that hold the libraries left to the system; raises for an unknown one."""
    outside = sorted(name for name in needs if not name.startswith("ld-linux"))
    found = {f"libc6 (>= {glibc})"}
    for name in outside:
        if name in _PACKAGES:
            found.add(_PACKAGES[name])
        elif name not in _WELCOME_ONES and not name.startswith(_OF_LIBC):
            raise SetupError(f"No Debian package is known to hold {name}: add it to archives.py.")
    return sorted(found)


def recommends(needs: Iterable[str]) -> list[str]:
    """Debian's packages without which it runs, too, but not as well."""
    return [*_WELCOME, *(package for name, package in _WELCOME_ONES.items() if name in set(needs))]


_OF_LIBC = ("libc.", "libm.", "libdl.", "libpthread.", "librt.", "libresolv.", "libutil.")


def make_appdir(release: Release) -> Path:
    """The tree that an AppImage's runtime mounts, also squashed: only the runtime is missing."""
    folder = release.dist / APPDIR
    copied(release.tree, folder, PLACE)
    usr = folder / "usr" / "share"
    share.install(usr, release.drawing, release.python, release.version, release.made)
    run = folder / "AppRun"
    run.write_text(_RUN.format(place=PLACE), "utf-8")
    run.chmod(0o755)
    icon = f"{share.ID}.png"
    (folder / f"{share.ID}.desktop").symlink_to(f"usr/share/applications/{share.ID}.desktop")
    (folder / icon).symlink_to(f"usr/share/icons/hicolor/256x256/apps/{icon}")
    (folder / ".DirIcon").symlink_to(icon)
    target = release.dist / f"{release.title}.squashfs"
    target.unlink(missing_ok=True)
    stamp = ["-all-time", str(release.made), "-mkfs-time", str(release.made)]
    command = [tool("mksquashfs", "squashfs-tools"), str(folder), str(target), "-all-root"]
    _run([*command, *_PACKED, "-no-progress", "-quiet", *stamp])
    return target


def clear(dist: Path) -> None:
    """Delete the archives of former builds, which hold another program than the tree does now.

    A pack and its archive are another program's.
    """
    former = (path for path in dist.glob(f"{NAME}[-_]*") if not path.name.startswith(PACK))
    for path in (*former, dist / APPDIR):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    write_sums(dist, ())


def write_sum_beside(archive: Path) -> Path:
    """Write an archive's checksum into the file beside it, with .sha256 added to its name."""
    beside = archive.with_name(f"{archive.name}.sha256")
    beside.write_text(f"{digest(archive)}  {archive.name}\n", "utf-8")
    return beside


def write_sums(dist: Path, files: Iterable[Path]) -> None:
    """Write SHA256SUMS, as `sha256sum --check` reads it; what else is there keeps its line."""
    listed = dist / "SHA256SUMS"
    known = listed.read_text("utf-8").splitlines() if listed.exists() else []
    sums = {name: line for line in known if (dist / (name := line[66:])).is_file()}
    sums |= {path.name: f"{digest(path)}  {path.name}" for path in files}
    if sums:
        listed.write_text("".join(f"{sums[name]}\n" for name in sorted(sums)), "utf-8")
    else:
        listed.unlink(missing_ok=True)


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copied(tree: Path, folder: Path, place: str) -> Path:
    """Put a frozen tree at `place` in a new `folder`, as links to the same files if it can be."""
    shutil.rmtree(folder, ignore_errors=True)
    target = folder / place
    target.parent.mkdir(parents=True)
    shutil.copytree(tree, target, symlinks=True, copy_function=_link)
    return target


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SetupError(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout)[-2000:]}")
