"""What went wrong at BigQuery, as a sentence with the next step.

Google's exceptions are told apart by BigQuery's reason first, then by their class: one status
stands for many things.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import requests
from google.api_core import exceptions
from google.auth import exceptions as auth

from analysis.errors import BadInput, CostbotError, NotAllowed, NotFound, Unavailable
from analysis.written import plural, size
from queries.bigquery.access import Access
from queries.bigquery.pacing import TimeIsUpError
from queries.bigquery.retries import details_of, reason_of

_UNKNOWN_NAME = re.compile(r"Unrecognized name: `?([\w.]+)|Name `?(\w+)`? not found inside")
_MISMATCH = re.compile(r"No matching signature|Bad (?:double|int64|bool) value|Could not cast")
_MOST_LETTERS = 300

_VIEW = ".INFORMATION_SCHEMA."
_DOCTOR = "`costbot doctor` compares all columns with the table's."
_MAP = "map it by COSTBOT_BIGQUERY_COLUMNS"
_LESS = "Ask for a shorter period, or raise COSTBOT_BIGQUERY_MOST_BYTES."


@dataclass(frozen=True, slots=True)
class Asked:
    """What BigQuery was asked, for the sentence.

    Attributes:
        access: by which.
        tables: that are read, as the statement names them.
        is_reading: the job was done, and its rows were being fetched.
    """

    access: Access
    tables: Sequence[str] = ()
    is_reading: bool = False

    @property
    def table(self) -> str:
        """The tables in a sentence."""
        return " and ".join(self.tables) or "the table"

    @property
    def dataset(self) -> str:
        """The dataset of the first of them."""
        name = self.tables[0] if self.tables else ""
        return name.partition(_VIEW)[0] if _VIEW in name else name.rpartition(".")[0]


def fault_of(error: Exception, asked: Asked) -> CostbotError | None:
    """The error that says in plain words what went wrong; None: nobody expected this one."""
    if isinstance(error, TimeIsUpError):
        return _took_too_long(asked)
    if isinstance(error, auth.GoogleAuthError | exceptions.Unauthorized):
        return _credentials(error, asked.access)
    if isinstance(error, requests.exceptions.JSONDecodeError):
        return _unreadable()
    # The client turns a request's timeout into Python's own, now and then.
    if isinstance(error, requests.exceptions.RequestException | TimeoutError):
        where = asked.access.endpoint or "Google"
        return Unavailable(
            f"BigQuery cannot be reached at {where}: the connection failed or broke off, "
            "again and again. Check the network, or COSTBOT_BIGQUERY_ENDPOINT if it is set."
        )
    if isinstance(error, exceptions.GoogleAPICallError):
        return _refused(error, asked)
    if asked.is_reading and isinstance(error, ValueError | KeyError | TypeError | ArithmeticError):
        return _unreadable()
    return None


def over_the_ceiling(estimated: int, access: Access) -> BadInput:
    """A query that would read too much: not begun."""
    return BadInput(
        f"The query would read {size(estimated)}; costbot may bill {size(access.most_bytes)} "
        "a query.",
        _LESS,
    )


def key_file_fault(error: OSError | ValueError, access: Access) -> BadInput:
    """A service account's key that cannot be used."""
    if isinstance(error, OSError):
        sentence = f"The key file {access.key_file} cannot be read: {error.strerror}."
    else:
        sentence = f"The key file {access.key_file} is no key of a service account."
    hint = (
        "Set COSTBOT_BIGQUERY_KEY_FILE to the JSON file that Google made for the account, or leave "
        "it out to use the machine's application-default credentials."
    )
    return BadInput(sentence, hint)


def incomplete(read: int, total: int | None) -> Unavailable:
    """Rows that are not all there: half an answer is none."""
    there = "an unknown number of rows" if total is None else plural(total, "row")
    return Unavailable(
        f"BigQuery handed over {plural(read, 'row')} of {there}: the answer is not complete, so "
        "there is none. Ask again."
    )


def _unreadable() -> Unavailable:
    return Unavailable("BigQuery's answer cannot be read: it is damaged. Ask again.")


def _took_too_long(asked: Asked) -> Unavailable:
    seconds = f"{asked.access.timeout_seconds:g}"
    return Unavailable(
        f"The query took longer than the {seconds} seconds that it may and was ended. "
        "Ask for a shorter period, or raise COSTBOT_BIGQUERY_TIMEOUT_SECONDS."
    )


def _credentials(error: Exception, access: Access) -> CostbotError:
    login = "run `gcloud auth application-default login`, or set COSTBOT_BIGQUERY_KEY_FILE."
    if isinstance(error, auth.TransportError):
        return Unavailable(
            "Google's sign-in cannot be reached, so that BigQuery cannot be asked. "
            "Check the network."
        )
    if isinstance(error, auth.MalformedError) and access.key_file is not None:
        return key_file_fault(ValueError(), access)
    if isinstance(error, auth.DefaultCredentialsError):
        return BadInput(
            "There are no Google credentials on this machine.", f"To have some, {login}"
        )
    if access.key_file is not None:
        return BadInput(
            f"Google refuses the key in {access.key_file}.",
            "It may have been revoked, or the machine's clock is wrong: make a new key, and set "
            "COSTBOT_BIGQUERY_KEY_FILE to it.",
        )
    return BadInput("Google refuses the credentials of this machine.", f"To renew them, {login}")


def _refused(error: exceptions.GoogleAPICallError, asked: Asked) -> CostbotError | None:
    reason, said = reason_of(error), _said(error)
    if asked.is_reading and isinstance(error, exceptions.BadRequest | exceptions.NotFound):
        return Unavailable(
            "BigQuery broke off while it handed over the rows: the answer is not complete, so "
            "there is none. Ask again."
        )
    match reason:
        case "bytesBilledLimitExceeded":
            most = size(asked.access.most_bytes)
            sentence = f"The query would bill more than the {most} that costbot may bill a query."
            return BadInput(sentence, _LESS)
        case "quotaExceeded":
            return Unavailable(
                f"A quota of BigQuery is used up for the project {asked.access.project}: {said} "
                "Ask again later, or raise the quota in Google's console."
            )
        case "rateLimitExceeded" | "jobRateLimitExceeded":
            return _too_often()
        case "resourcesExceeded" | "responseTooLarge" | "billingTierLimitExceeded":
            return Unavailable(
                f"The query is too large for BigQuery: {said} Ask for a shorter period."
            )
        case "timeout":
            return _took_too_long(asked)
        case "stopped":
            if re.search(r"timed? ?out", said, re.IGNORECASE):
                return _took_too_long(asked)
            return Unavailable("The job was cancelled at BigQuery by somebody else. Ask again.")
        case _:
            return _by_status(error, asked, said)


def _by_status(
    error: exceptions.GoogleAPICallError, asked: Asked, said: str
) -> CostbotError | None:
    match error:
        case exceptions.TooManyRequests():
            return _too_often()
        case exceptions.Forbidden():
            return _forbidden(asked, said)
        case exceptions.NotFound():
            return _not_found(asked, said)
        case exceptions.BadRequest():
            return _bad_query(asked, said)
        case exceptions.ServerError():
            what = reason_of(error) or str(error.code)
            return Unavailable(
                f"BigQuery has a fault of its own ({what}), and trying again did not help. "
                "Ask again in a few minutes."
            )
        case _:
            return None


def _too_often() -> Unavailable:
    return Unavailable(
        "BigQuery takes no more questions at the moment (its limit of requests), and waiting did "
        "not help. Ask again in a minute."
    )


def _forbidden(asked: Asked, said: str) -> NotAllowed:
    project = asked.access.project
    if "bigquery.jobs.create" in said:
        return NotAllowed(
            f"Costbot's account may not run jobs in the project {project}.",
            f"Grant it roles/bigquery.jobUser on {project}, or set COSTBOT_BIGQUERY_PROJECT to "
            "another project.",
        )
    if "billing" in said.lower():
        sentence = f"The project {project} cannot pay for queries: {said}"
        return NotAllowed(sentence, "Turn billing on in Google's console.")
    return NotAllowed(
        f"Costbot's account may not read {asked.table}.",
        "Grant it roles/bigquery.dataViewer on the table's dataset.",
    )


def _not_found(asked: Asked, said: str) -> NotFound:
    where = asked.access.location
    hint = "Check COSTBOT_BIGQUERY_TABLE"
    if "Dataset" in said:
        sentence = f"There is no dataset {asked.dataset}"
        hint += ", and COSTBOT_BIGQUERY_LOCATION, if the dataset is elsewhere"
    elif "Project" in said:
        sentence = f"There is no project {asked.access.project}, or none of {asked.table}"
        hint += " and COSTBOT_BIGQUERY_PROJECT"
    else:
        sentence = f"There is no table {asked.table}"
    return NotFound(f"{sentence}{f' in {where}' if where else ''}.", f"{hint}.")


def _bad_query(asked: Asked, said: str) -> BadInput:
    if match := _UNKNOWN_NAME.search(said):
        column = match[1] or match[2]
        return BadInput(
            f"{asked.table} has no column {column} any more.",
            f"If it is called otherwise now, {_MAP}. {_DOCTOR}",
        )
    if "without a filter over column" in said:
        return BadInput(
            f"{asked.table} is partitioned by another column than costbot filters on: {said}",
            f"Say which one it is: {_MAP}, as `dt`. {_DOCTOR}",
        )
    if _MISMATCH.search(said):
        return BadInput(
            f"A column of {asked.table} has another type than costbot expects: {said}",
            f"If another column is meant, {_MAP}. {_DOCTOR}",
        )
    return BadInput(f"BigQuery refuses the query: {said}", _DOCTOR)


def _said(error: exceptions.GoogleAPICallError) -> str:
    """BigQuery's own sentence, without the request that it came for."""
    text = str(details_of(error).get("message") or "") or str(error)
    line = " ".join(text.split())[:_MOST_LETTERS]
    return line if line.endswith((".", "!", "?")) else f"{line}."
