"""A thousand damaged settings files: each starts the program, is told of, and is kept."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from app.core.errors import ParameterError
from app.core.options.load_options import LoadOptions
from app.core.options.rows import check_all
from app.core.options.sampling import Sampling
from app.core.options.settings_store import SettingsStore, early_service, is_network_off

SEEDS = range(1000)
_ALL, _HAND = tuple(range(9)), (4, 5, 6, 7)
_ODD = (
    "nan", "-inf", "1e999", "9223372036854775808", "-1", "[]", "[[[1]]]", "{}", "{a = 1}", '""',
    "true", "2026-11-27T10:00:00Z", "07:32:00", '"\\u0000"', '"\\U0010ffff"', '"""', "'''", "x",
    "0x_", "[1, 'a']", '["/a", 3]', '"' + "long" * 5000 + '"', "[" * 500,
)  # fmt: skip


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file as the program writes it."""
    file = tmp_path_factory.mktemp("real") / "settings.toml"
    SettingsStore(file).change(
        theme="dark",
        font_family="Noto Serif 宋体",
        font_size=20,
        network=False,
        service=True,
        service_port=9000,
        model="/models/tale.gguf",
        recent_files=("/home/a b/novel 手稿.md", "--engine"),
        added_models=("/models/x.gguf",),
        masked_names=("Anna Bell",),
        sampling=Sampling(temperature=1.25, stop=("\n\n", "—"), logit_bias={"the": -1.5}),
        load=LoadOptions(context=2048, gpu_layers=3),
    )
    return file.read_bytes()


def mutated(data: bytes, chance: random.Random, kinds: tuple[int, ...]) -> bytes:
    """`data` with one to eight faults: of a disk, of an editor, or of a hand."""
    for _ in range(chance.randint(1, 8 if kinds == _ALL else 2)):
        at = chance.randrange(len(data) + 1)
        to = min(len(data), at + chance.randint(1, 40))
        lines = data.split(b"\n")
        one = chance.randrange(len(lines))
        what = chance.choice(kinds)
        if what == 0:
            data = data[:at] + chance.randbytes(to - at) + data[to:]
        elif what == 1:
            data = data[:at] + data[to:]
        elif what == 2:
            data = data[:at]
        elif what == 3:
            data = data[:at] + bytes(to - at) + data[to:]
        elif what == 4:
            lines.insert(one, lines[chance.randrange(len(lines))])
            data = b"\n".join(lines)
        elif what == 5:
            del lines[one]
            data = b"\n".join(lines)
        elif what in (6, 7):
            name = lines[one].partition(b"=")[0]
            lines[one] = name + b"= " + chance.choice(_ODD).encode()
            data = b"\n".join(lines)
        else:
            data = (
                data[:at]
                + chance.choice((b"\xff", b"\xef\xbb\xbf", b"\r", b"=", b'"', b"["))
                + data[at:]
            )
    return data


def test_a_thousand_random_settings(tmp_path: Path, real: bytes) -> None:
    damaged = odd = 0
    for seed in SEEDS:
        folder = tmp_path / str(seed)
        folder.mkdir()
        file = folder / "settings.toml"
        data = mutated(real, random.Random(seed), _HAND if seed % 2 else _ALL)
        file.write_bytes(data)
        try:
            is_off, service = is_network_off(file), early_service(file)
            assert file.read_bytes() == data, "what is only looked at stays"
            store = SettingsStore(file)
            kept = file.with_name("settings.toml.broken")
            if kept.exists():
                damaged += 1
                assert kept.read_bytes() == data
                assert not file.exists()
                assert "is not valid TOML. It was kept as settings.toml.broken" in store.problems[0]
                assert (is_off, service) == (False, None)
            else:
                odd += bool(store.problems)
                assert file.read_bytes() == data
                assert is_off == (store.settings.network is False)
            assert all(problem.endswith(".") for problem in store.problems)
            check_all(store.settings.sampling)
            check_all(store.settings.load)
            store.change(font_size=24)
            again = SettingsStore(file)
            assert again.settings.font_size == 24
            assert again.settings.sampling == store.settings.sampling
        except Exception as error:  # whatever it is, the seed tells how to meet it again
            error.add_note(f"seed {seed}")
            raise
    assert damaged > 300
    assert odd > 80


def test_what_cannot_be_a_setting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError):
        SettingsStore(tmp_path / "settings.toml").change(font_size=10**9)
