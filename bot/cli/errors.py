"""How the command line ends when something did not work: a sentence, a hint, an exit code."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

from pydantic import ValidationError

from analysis.errors import Refused, Unavailable, Unfit

REFUSED = 2
UNAVAILABLE = 3


@contextmanager
def plain_errors() -> Generator[None]:
    """Turns expected errors into a sentence on standard error and an exit code.

    A bug stays a traceback: somebody has to see it.
    """
    try:
        yield
    except Unfit as unfit:
        faults = [f"{name}: {fault}" for name, fault in unfit.faults.items()]
        _say(faults[0], "\n         ".join(faults[1:]))
        raise SystemExit(REFUSED) from unfit
    except Refused as refusal:
        _say(refusal.sentence, refusal.hint)
        raise SystemExit(REFUSED) from refusal
    except Unavailable as error:
        _say(str(error), "")
        raise SystemExit(UNAVAILABLE) from error
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            _say(f"The setting COSTBOT_{name} does not fit: {problem['msg']}.", "")
        raise SystemExit(REFUSED) from error


def _say(sentence: str, hint: str) -> None:
    sys.stderr.write(f"costbot: {sentence}\n")
    if hint:
        sys.stderr.write(f"         {hint}\n")
