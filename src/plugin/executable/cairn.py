"""Helper for Cairn components in Python: one file, no packages, Python 3.7 and later.

    import cairn

    def main(config):
        rows = cairn.step("count", lambda: count(config["source-path"]))
        cairn.progress(1, 2, "counted")
        cairn.artifact(config["target-path"])
        return {"rows": rows}

    cairn.run(main)

Cairn puts it on PYTHONPATH of every component. It speaks the protocol of docs/plugins/any-language.md and can be
imported without Cairn too, e.g. in tests: what would be told is dropped then.
"""

import json
import os
import sys
import time
import traceback

__all__ = [
    "PermanentError",
    "SkipComponent",
    "TransientError",
    "artifact",
    "config",
    "context",
    "log",
    "output",
    "outputs",
    "progress",
    "run",
    "step",
]

_EXIT_CODES = {"transient": 75, "permanent": 78, "skip": 99}
_config = None
_known = None
_kept = set()
_kept_bytes = 0


class _Told(Exception):
    """An error that tells Cairn what to do."""

    kind = ""

    def __init__(self, message, hint=None):
        super().__init__(message)
        self.hint = hint


class TransientError(_Told):
    """A failure that may pass: it is tried again where a retry policy allows that."""

    kind = "transient"


class PermanentError(_Told):
    """A failure that a repeat can't mend: it is never tried again."""

    kind = "permanent"


class SkipComponent(_Told):
    """There is nothing to do: the component counts as completed. The message is the reason."""

    kind = "skip"


class _Log:
    """Log lines with a level and fields: cairn.log.info("copied", files=3)."""

    def __getattr__(self, level):
        if level not in ("trace", "debug", "info", "warn", "warning", "error"):
            raise AttributeError(level)

        def write(message, **fields):
            line = dict(fields, level=level, message=str(message))
            print(json.dumps(line, default=str), flush=True)

        return write


log = _Log()


class _Context:
    """What is known of the run: run_id, root_run_id, run_key, pipeline, component, attempt, resumed_from."""

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        value = os.environ.get("CAIRN_CONTEXT_" + name.upper())
        return int(value) if name == "attempt" and value is not None else value


context = _Context()


def config():
    """The component's configuration, keys as written in the file."""
    global _config
    if _config is None:
        text = sys.stdin.read()
        _config = json.loads(text) if text.strip() else {}
    return _config


def outputs(name):
    """The outputs of a completed component; None where it returned none. KeyError where it has not completed."""
    with open(os.environ["CAIRN_OUTPUTS"], encoding="utf-8") as file:
        return json.load(file)[name]


def output(value):
    """Sets the component's outputs; what main returns does so too."""
    path = os.environ.get("CAIRN_OUTPUT")
    if path:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(value, file, allow_nan=False)


def artifact(path, hash=False, consumed=False):
    """Declares a file as a result: a resume takes this component as done only while it is unchanged."""
    _append("CAIRN_ARTIFACTS", {"path": os.path.abspath(os.fspath(path)), "hash": hash, "consumed": consumed})


def progress(done, total=None, label=None):
    """Tells how far the work is."""
    _append("CAIRN_PROGRESS", {"done": done, "total": total, "label": label})


def step(name, work):
    """Runs work() once over all attempts and resumes: when this returns, its JSON result is durable."""
    known = _known_steps()
    if name in known:
        return known[name]
    # As it will come back after a resume: a tuple is a list then, a key a text.
    result = json.loads(json.dumps(work(), allow_nan=False))
    if "CAIRN_STEPS" not in os.environ:
        return result
    _append("CAIRN_STEPS", {"name": name, "result": result})
    # Where the step is refused, Cairn ends this process; so the wait ends in any case.
    while not _is_kept(name):
        time.sleep(0.005)
    return result


def run(main):
    """Runs main(config): what it returns becomes the outputs, what it raises the component's failure."""
    try:
        result = main(config())
        if result is not None:
            output(result)
    except _Told as error:
        _fail(error, error.kind, error.hint)
    except Exception as error:
        traceback.print_exc()
        _fail(error, None, None)
    sys.exit(0)


def _known_steps():
    global _known
    if _known is None:
        _known = {}
        with open(os.environ.get("CAIRN_STEPS", os.devnull), encoding="utf-8") as file:
            for line in file:
                told = json.loads(line)
                _known[told["name"]] = told.get("result")
    return _known


def _is_kept(name):
    global _kept_bytes
    with open(os.environ["CAIRN_STEPS_KEPT"], "rb") as file:
        file.seek(_kept_bytes)
        # A line that is still being written counts the next time.
        whole = file.read().rpartition(b"\n")[0]
    if whole:
        _kept_bytes += len(whole) + 1
        _kept.update(json.loads(line) for line in whole.split(b"\n"))
    return name in _kept


def _append(variable, value):
    path = os.environ.get(variable)
    if not path:
        return
    line = (json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n").encode()
    file = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        # One write for one line, so that those of several threads don't mix.
        while line:
            line = line[os.write(file, line) :]
    finally:
        os.close(file)


def _fail(error, kind, hint):
    said = {"name": type(error).__name__, "message": str(error) or type(error).__name__}
    if kind is not None:
        said["kind"] = kind
    if hint is not None:
        said["hint"] = hint
    path = os.environ.get("CAIRN_ERROR")
    if path:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(said, file)
    sys.exit(_EXIT_CODES.get(kind, 1))
