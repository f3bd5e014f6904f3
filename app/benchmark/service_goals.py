"""Goals about the local service and beside llama-server, over HTTP and without it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from app.benchmark.baseline import Child
from app.benchmark.goal import TURNS, Experiment, Sample, Values, by_turns
from app.benchmark.http_client import HttpClient, listen_beside
from app.benchmark.report import BARE
from app.benchmark.session import GoalSession, Pair, sized_options
from app.engine.messages import PROTOCOL_VERSION
from app.engine.service import Service
from app.engine.service_messages import ModelState, Serve, ServiceLimits

_PROMPT = 64
_CLIENTS = 4
_FEW = 8
_TOKEN = "benchmark" * 4


def over_http(session: GoalSession) -> Experiment:
    """Goal 15: the same host asked by its Python client and through the service.

    First tokens are timed in short texts by turns: where the system takes memory from processes
    that wait, as some virtual machines do, a longer pause would be measured instead.
    """
    pair = session.pair(sized_options(2 * _PROMPT + session.sizes.decode))
    client = _service(session, pair)
    prompt, tokens = pair.prompt(_PROMPT), session.sizes.decode

    steps: dict[str, Sample] = {
        "python": lambda: {"python": pair.ours.write(prompt, pair.ours.greedy(tokens)).step()},
        "http": lambda: {"http": client.write(prompt, tokens).step},
    }
    firsts: dict[str, Sample] = {
        "python": lambda: {"python_first": pair.ours.write(prompt, pair.ours.greedy(_FEW)).first},
        "http": lambda: {"http_first": client.write(prompt, _FEW).first},
    }

    def values(taken: Values) -> Values:
        return {
            "speed": taken["python"] / taken["http"],
            "first": max(0.0, 1000 * (taken["http_first"] - taken["python_first"])),
        }

    samples = {"steps": by_turns(steps), "firsts": by_turns(firsts, 3 * TURNS)}
    return Experiment(samples, values)


def beside_llama_server(session: GoalSession) -> Experiment:
    """Goal 16: four HTTP clients of ours and four of llama-server, and one of each."""
    tokens = session.sizes.takes
    pair = session.pair(sized_options(2 * _CLIENTS * (_PROMPT + tokens)))
    prompts = [pair.prompt(_PROMPT, number) for number in range(_CLIENTS)]
    clients = {"ours": _service(session, pair), "theirs": _llama_server(session, pair)}
    samples = {
        f"{name} {count}": _asked(f"{name} {count}", client, prompts[:count], tokens)
        for count in (_CLIENTS, 1)
        for name, client in clients.items()
    }

    def values(taken: Values) -> Values:
        ours, theirs = taken[f"ours {_CLIENTS}"], taken[f"theirs {_CLIENTS}"]
        return {
            "clients": theirs / ours,
            "one": taken["theirs 1"] / taken["ours 1"],
            "gain": _CLIENTS * taken["ours 1"] / ours,
            "gain_theirs": _CLIENTS * taken["theirs 1"] / theirs,
        }

    return Experiment({"all": by_turns(samples)}, values)


def beside_a_newer_library(session: GoalSession) -> Experiment:
    """Goal 17: a text of ours through host, pipe and client, one inside llama-server's process."""
    tokens = max(_FEW, session.sizes.decode * 3 // (2 * TURNS))
    pair = session.pair(sized_options(2 * (_PROMPT + tokens)))
    prompt = pair.prompt(_PROMPT)
    peer = _opened(session, pair, session.folder / "peer.sock", 1)

    samples: dict[str, Sample] = {
        "ours": lambda: {"ours": pair.ours.write(prompt, pair.ours.greedy(tokens)).step()},
        "theirs": lambda: {
            "theirs": float(peer.ask("write", prompt=prompt, tokens=tokens)["seconds"])
        },
        "bare": lambda: {BARE: pair.bare.step(prompt, tokens - 1)},
    }

    def values(taken: Values) -> Values:
        theirs = taken["theirs"]
        return {"speed": theirs / taken["ours"], "ceiling": theirs / taken[BARE]}

    return Experiment({"all": by_turns(samples)}, values)


def _asked(name: str, client: HttpClient, prompts: Sequence[str], tokens: int) -> Sample:
    """Seconds of a step in which each client gets a token."""

    def sample() -> Values:
        answers = client.together(prompts, tokens)
        return {name: sum(answer.step for answer in answers) / len(answers)}

    return sample


def _service(session: GoalSession, pair: Pair) -> HttpClient:
    """A client of the service, which asks the same host as the Python client."""
    path = session.folder / "ours"
    listening = session.enter_context(listen_beside(path))
    serve = Serve(
        version=PROTOCOL_VERSION,
        token=_TOKEN,
        hosts=("localhost",),
        limits=ServiceLimits(parallel=_CLIENTS),
    )
    service = session.enter_context(closing(Service(pair.ours.client, listening, serve)))
    service.wait()
    service.tell(ModelState(name="model", model=pair.ours.client.model, names=("model",)))
    service.wait()
    return session.enter_context(closing(HttpClient(path, pair.bare.ends, _TOKEN)))


def _llama_server(session: GoalSession, pair: Pair) -> HttpClient:
    """A client of llama-server, with the same model, threads and attention."""
    path = session.folder / "theirs.sock"
    _opened(session, pair, path, _CLIENTS)
    return session.enter_context(closing(HttpClient(path, pair.bare.ends)))


def _opened(session: GoalSession, pair: Pair, path: Path, clients: int) -> Child:
    """A process with llama-server, which listens on the Unix socket `path`."""
    child, settings = session.baseline("llama-server"), pair.ours.settings
    opened = child.ask(
        "open",
        path=str(pair.path),
        socket=str(path),
        threads=settings.threads,
        context=settings.context,
        flash_attention=settings.flash_attention,
        clients=clients,
    )
    session.note_build("llama-server", opened["build"])
    return child
