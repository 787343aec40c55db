"""What BigQuery says when it does not do what it was asked."""

from __future__ import annotations

from dataclasses import dataclass

from playground.model import JsonObject

_STATUS_OF_REASON = {
    "accessDenied": 403,
    "backendError": 503,
    "badGateway": 502,
    "billingNotEnabled": 403,
    "bytesBilledLimitExceeded": 400,
    "duplicate": 409,
    "internalError": 500,
    "invalid": 400,
    "invalidQuery": 400,
    "jobBackendError": 400,
    "jobInternalError": 400,
    "jobRateLimitExceeded": 400,
    "notFound": 404,
    "notImplemented": 501,
    "quotaExceeded": 403,
    "rateLimitExceeded": 403,
    "resourcesExceeded": 400,
    "responseTooLarge": 403,
    "stopped": 499,
    "timeout": 400,
}

_NAME_OF_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}

_USAGE_LIMITS = frozenset({"quotaExceeded", "rateLimitExceeded"})


@dataclass
class Refusal(Exception):
    """A request or a job that failed, with BigQuery's reason.

    Attributes:
        reason: BigQuery's word, such as `invalidQuery`.
        message: BigQuery's sentence.
        status: of HTTP, where a request is refused; by the reason if omitted.
        location: what the reason is about, such as `query`.
        retry_after: seconds for the header of that name.
    """

    reason: str
    message: str
    status: int | None = None
    location: str | None = None
    retry_after: float | None = None

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"

    @property
    def http_status(self) -> int:
        """Of the answer that carries it."""
        return self.status or _STATUS_OF_REASON.get(self.reason, 400)

    def as_error_proto(self) -> JsonObject:
        """As it stands in a job's `status.errorResult`."""
        body: JsonObject = {"reason": self.reason, "message": self.message}
        return body | ({"location": self.location} if self.location else {})

    def as_answer(self) -> JsonObject:
        """As the body of an HTTP answer."""
        status = self.http_status
        domain = "usageLimits" if self.reason in _USAGE_LIMITS else "global"
        error: JsonObject = {"message": self.message, "domain": domain, "reason": self.reason}
        if self.location:
            error |= {"location": self.location, "locationType": "other"}
        body: JsonObject = {"code": status, "message": self.message, "errors": [error]}
        if status in _NAME_OF_STATUS:
            body["status"] = _NAME_OF_STATUS[status]
        return {"error": body}


def invalid_query(message: str) -> Refusal:
    """The statement cannot be run."""
    return Refusal("invalidQuery", message, location="query")
