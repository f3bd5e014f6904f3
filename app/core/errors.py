"""The kinds of trouble a user can meet; each is a sentence: what happened and what to do."""

from __future__ import annotations

from typing import ClassVar


class LampblackError(Exception):
    """Trouble that the user can understand and act on.

    `message` is one sentence saying what happened; `hint`, if any, one sentence saying what to do.
    `kind` travels over the protocol and is what programs compare; `exit_code` is the command
    line's (2 for wrong usage, 1 for anything else).
    """

    kind: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ParameterError(LampblackError):
    """A parameter, option or argument has a value that it cannot have."""

    kind = "parameter"
    exit_code = 2


class UnsupportedError(ParameterError):
    """What is asked cannot be done by this engine or server, whatever the text is."""

    kind = "unsupported"


class UsageError(LampblackError):
    """The command line was not understood."""

    kind = "usage"
    exit_code = 2


class ModelNotFoundError(LampblackError):
    """There is no model of that name or at that path."""

    kind = "model_not_found"


class NotAModelError(LampblackError):
    """The file is there, but it is not a model that can be read."""

    kind = "not_a_model"


class TruncatedModelError(LampblackError):
    """The model file is shorter than its own header says."""

    kind = "truncated_model"


class UnsupportedModelError(LampblackError):
    """The file is a sound model, but no engine here can run it."""

    kind = "unsupported_model"


class DamagedModelError(LampblackError):
    """The model's files are not what they are known to be."""

    kind = "damaged_model"


class HousekeepingError(LampblackError):
    """A model could not be removed, copied or checked."""

    kind = "housekeeping"


class ModelLoadError(LampblackError):
    """The engine refused to load the model for another reason."""

    kind = "load_failed"


class OutOfMemoryError(LampblackError):
    """The machine has not enough memory for what was asked."""

    kind = "out_of_memory"


class ModelCrashedError(LampblackError):
    """The engine host died while it worked; the window and the text stay."""

    kind = "model_crashed"


class GpuCrashedError(ModelCrashedError):
    """The engine host died while it put a model on the graphics card."""

    kind = "gpu_crashed"


class EngineStoppedError(LampblackError):
    """The engine host ended or could not be started."""

    kind = "engine_stopped"


class EngineMissingError(LampblackError):
    """The library that this engine stands on is not installed."""

    kind = "engine_missing"


class PackError(LampblackError):
    """A pack, an engine that is installed beside the program, cannot be installed or removed."""

    kind = "pack"


class ProtocolError(LampblackError):
    """The engine host and the app do not understand each other."""

    kind = "protocol"


class NoModelLoadedError(LampblackError):
    """A model is needed, and none is loaded."""

    kind = "no_model_loaded"


class PromptTooLongError(LampblackError):
    """The prompt does not fit in the model's context."""

    kind = "prompt_too_long"


class TemplateError(LampblackError):
    """The model's chat template is missing, broken or never ends."""

    kind = "template"


class GenerationError(LampblackError):
    """The engine failed in the middle of a generation."""

    kind = "generation_failed"


class ServerError(GenerationError):
    """The server that writes for us cannot be reached, refuses or breaks off."""

    kind = "server"


class ServerLostError(ServerError):
    """The server broke off in the middle of an answer, or was silent for too long."""

    kind = "server_lost"


class ServerUnreachableError(ServerError):
    """The server cannot be asked at all: no connection, a refused key, too many requests."""

    kind = "server_unreachable"


class ServerKeyError(ServerUnreachableError):
    """The server does not accept the key, or wants one."""

    kind = "server_key"


class CancelledError(LampblackError):
    """The user stopped the work."""

    kind = "cancelled"


class ModelLoadingError(LampblackError):
    """The model is being loaded; it can be used in a moment."""

    kind = "model_loading"


class QueueFullError(LampblackError):
    """As many requests wait for the model as may."""

    kind = "queue_full"


class TimeLimitError(LampblackError):
    """A request took longer than the service allows, and nothing came of it."""

    kind = "time_limit"


class ServiceError(LampblackError):
    """The local service cannot be started."""

    kind = "service"


class DocumentError(LampblackError):
    """A document could not be opened or saved."""

    kind = "document"


class DocumentChangedError(DocumentError):
    """Another program changed the file since it was opened; saving would undo that."""

    kind = "document_changed"


class NotSavedError(DocumentError):
    """The disk refuses to take a document; it may take it at a later time."""

    kind = "not_saved"


class NoAnswerError(DocumentError):
    """The disk that a document is on does not answer; it may at a later time."""

    kind = "no_answer"


class DamagedTextError(DocumentError):
    """A file is damaged, or not wholly a text; a copy of what can be read may be opened."""

    kind = "damaged_text"


class BookError(DocumentError):
    """A book, which is a folder of texts and a list of them, could not be read or changed."""

    kind = "book"


class BookChangedError(BookError):
    """Another program changed the book since it was read; it has to be read again first."""

    kind = "book_changed"


class EncodingChangeError(DocumentError):
    """A text has `letters` that its file's `encoding` (its name for the user) cannot hold."""

    kind = "encoding_change"
    encoding = ""
    letters: frozenset[str] = frozenset()


class StoreError(LampblackError):
    """The app's own store of takes and recoveries could not be used."""

    kind = "store"


class WrongPassphraseError(StoreError):
    """The store's passphrase is another one."""

    kind = "wrong_passphrase"


class LockedError(StoreError):
    """The store is encrypted, and its passphrase was not given."""

    kind = "locked"


class SettingsError(LampblackError):
    """Settings or presets could not be read or written."""

    kind = "settings"


class QuantizeError(LampblackError):
    """A copy of a model in another type could not be made."""

    kind = "quantize"


class SearchError(LampblackError):
    """What is searched for is no regular expression, or takes too long."""

    kind = "search"


class DownloadError(LampblackError):
    """A model could not be fetched or did not verify."""

    kind = "download"


class GatedError(DownloadError):
    """The hub gives the model only to those who accepted its terms, and wants a token of theirs."""

    kind = "gated"


class CatalogueError(LampblackError):
    """A list of models to get that cannot be read, or has no such model."""

    kind = "catalogue"


def _with_subclasses(cls: type[LampblackError]) -> list[type[LampblackError]]:
    return [cls, *(found for sub in cls.__subclasses__() for found in _with_subclasses(sub))]


ERRORS: dict[str, type[LampblackError]] = {
    cls.kind: cls for cls in _with_subclasses(LampblackError)
}


def error_from(kind: str, message: str, hint: str = "") -> LampblackError:
    """Rebuild the error that travelled over the protocol as `kind`, `message`, `hint`."""
    return ERRORS.get(kind, LampblackError)(message, hint)


class NotMeasuredError(LampblackError):
    """Something that a measurement needs is not here; the sentence says what."""

    kind = "not_measured"
