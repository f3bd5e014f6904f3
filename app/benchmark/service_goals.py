"""Goals about the local service: what HTTP costs, and four clients beside llama-server's four."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from app.benchmark.goal import TURNS, Experiment, Sample, Values, by_turns
from app.benchmark.http_client import HttpClient, listen_beside
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
    path, settings = session.folder / "theirs.sock", pair.ours.settings
    opened = session.baseline("llama-server").ask(
        "open",
        path=str(pair.path),
        socket=str(path),
        threads=settings.threads,
        context=settings.context,
        flash_attention=settings.flash_attention,
        clients=_CLIENTS,
    )
    session.note_build("llama-server", opened["build"])
    return session.enter_context(closing(HttpClient(path, pair.bare.ends)))
