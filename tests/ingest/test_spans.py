"""Spans, as an OpenTelemetry exporter sends them."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from collections.abc import Mapping, Sequence

from google.protobuf.json_format import MessageToDict
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import StatusCode

from api.app import PREFIX
from api.usage.described import BINARY
from api.usage.otlp import TRACES
from queries.ingest.spans import NO_MODEL
from tests.ingest.station import JSON, Station

PROMPT = "my cat is ill 5519"

CHAT: Mapping[str, object] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4",
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 100,
    "gen_ai.input.messages": PROMPT,
    "gen_ai.prompt.0.content": PROMPT,
}

START = 1_795_255_200_250_000_000


def attributes(values: Mapping[str, object]) -> list[KeyValue]:
    return [KeyValue(key=key, value=value_of(value)) for key, value in values.items()]


def value_of(value: object) -> AnyValue:
    match value:
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case _:
            return AnyValue(string_value=str(value))


def span(
    number: int,
    values: Mapping[str, object],
    code: Status.StatusCode.ValueType = Status.STATUS_CODE_UNSET,
) -> Span:
    return Span(
        trace_id=bytes([1] * 16),
        span_id=bytes([number] * 8),
        name=PROMPT,
        start_time_unix_nano=START,
        end_time_unix_nano=START + 1_500_000_000,
        attributes=attributes(values),
        events=[Span.Event(name="gen_ai.content", attributes=attributes({"content": PROMPT}))],
        status=Status(code=code, message=PROMPT),
    )


def request(spans: Sequence[Span], **resource: object) -> ExportTraceServiceRequest:
    return ExportTraceServiceRequest(
        resource_spans=[
            ResourceSpans(
                resource=Resource(attributes=attributes(resource)),
                scope_spans=[ScopeSpans(spans=spans)],
            )
        ]
    )


def as_json(sent: ExportTraceServiceRequest) -> bytes:
    """As OTLP writes it, which is not as protobuf does: ids are hexadecimal."""
    written = MessageToDict(sent, use_integers_for_enums=True)
    for one in written["resourceSpans"][0]["scopeSpans"][0]["spans"]:
        for name in ("traceId", "spanId"):
            one[name] = base64.b64decode(one[name]).hex()
    return json.dumps(written).encode()


async def test_spans_of_requests_become_events_in_both_encodings(station: Station) -> None:
    resource = {"service.name": "checkout", "team": "ml", "deployment.environment.name": "live"}
    sent = request(
        [
            span(1, {**CHAT, "gen_ai.response.id": "chatcmpl-1", "costbot.feature": "search"}),
            span(2, {**CHAT, "enduser.id": "cat-owner"}, code=Status.STATUS_CODE_ERROR),
            span(3, {"http.request.method": "GET"}),
            span(4, {**CHAT, "gen_ai.operation.name": "invoke_agent"}),
            span(5, {**CHAT, "gen_ai.operation.name": "execute_tool"}),
        ],
        **resource,
    )
    binary = await station.post(sent.SerializeToString(), BINARY, TRACES)
    assert (binary.status, binary.headers["Content-Type"]) == (200, BINARY)
    assert not ExportTraceServiceResponse.FromString(binary.content).HasField("partial_success")
    again = await station.post(gzip.compress(as_json(sent)), JSON, TRACES, Content_Encoding="gzip")
    assert (again.status, again.content) == (200, b"{}")
    assert await station.merge() == (2, 2, 0)
    found = await station.rows(
        "request_id, epoch_us(time), product, team, environment, feature, user_id, endpoint, "
        "provider, model, fresh_input_tokens, output_tokens, latency_ms, result, "
        "billed_cost::VARCHAR",
        "request_id",
    )
    common = ("openai", "gpt-4", 1000, 100, 1500)
    assert found == [
        (
            f"{'01' * 16}:{'02' * 8}",
            START // 1000,
            "checkout",
            "ml",
            "live",
            None,
            "cat-owner",
            "chat",
            *common,
            "failed",
            "0.036000000000000",
        ),
        (
            "chatcmpl-1",
            START // 1000,
            "checkout",
            "ml",
            "live",
            "search",
            None,
            "chat",
            *common,
            "success",
            "0.036000000000000",
        ),
    ]
    assert PROMPT.encode() not in station.on_disk()


async def test_what_cannot_be_taken_is_said_as_a_partial_success(station: Station) -> None:
    sent = request(
        [
            span(1, CHAT),
            span(2, {"gen_ai.usage.input_tokens": 5}),
            span(3, {**CHAT, "costbot.organization": "globex"}),
        ]
    )
    answered = await station.post(sent.SerializeToString(), BINARY, TRACES)
    partial = ExportTraceServiceResponse.FromString(answered.content).partial_success
    assert partial.rejected_spans == 2
    assert NO_MODEL in partial.error_message
    assert "organization is another one than the token's" in partial.error_message
    told = (await station.post(as_json(sent), JSON, TRACES)).body["partialSuccess"]
    assert told == {"rejectedSpans": "2", "errorMessage": partial.error_message}


async def test_who_counts_how_follows_from_the_provider(station: Station) -> None:
    used = {
        **CHAT,
        "gen_ai.usage.reasoning_tokens": 20,
        "gen_ai.usage.cache_read.input_tokens": 400,
    }
    del used["gen_ai.provider.name"]
    names = ["anthropic", "aws.bedrock", "azure.ai.openai", "gcp.gemini", "gcp.vertex_ai", "x_ai"]
    spans = [
        span(number, {**used, "gen_ai.system": name}) for number, name in enumerate(names, start=1)
    ]
    answered = await station.post(request(spans).SerializeToString(), BINARY, TRACES)
    assert answered.content == b""
    found = await station.rows(
        "provider, fresh_input_tokens, cached_input_tokens, output_tokens, reasoning_tokens",
        "request_id",
    )
    assert found == [
        (name, 600, 400, 80, 20)
        for name in ("anthropic", "bedrock", "azure", "google", "vertex", "xai")
    ]


async def test_tokens_that_are_not_said_are_not_none(station: Station) -> None:
    silent = {name: value for name, value in CHAT.items() if not name.startswith("gen_ai.usage.")}
    sent = request(
        [
            span(1, silent),
            span(2, {**silent, "error.type": "timeout"}, code=Status.STATUS_CODE_ERROR),
        ]
    )
    await station.post(sent.SerializeToString(), BINARY, TRACES)
    found = await station.rows("unpriced_requests, result", "request_id")
    assert found == [(1, "success"), (0, "timeout")]


async def test_what_is_no_trace_is_refused(station: Station) -> None:
    for body, kind in (
        (b"nonsense", BINARY),
        (b"[]", JSON),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": 5}]}]}]}', JSON),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"endTimeUnixNano": -1}]}]}]}', JSON),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"startTimeUnixNano": "1_0"}]}]}]}', JSON),
        (
            b'{"resourceSpans": [{"resource": {"attributes": '
            b'[{"key": "gen_ai.usage.input_tokens", "value": {"intValue": []}}]}}]}',
            JSON,
        ),
    ):
        assert (await station.post(body, kind, TRACES)).status == 400, body
    late = json.loads(as_json(request([span(1, CHAT)])))
    late["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["endTimeUnixNano"] = 10**400
    assert (await station.post(json.dumps(late).encode(), JSON, TRACES)).status == 200
    whole = b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"endTimeUnixNano": 5.0}]}]}]}'
    assert (await station.post(whole, JSON, TRACES)).status == 200
    assert (await station.post(whole.replace(b"5.0", b"5.5"), JSON, TRACES)).status == 400
    for number, status in ((b'"-7"', 200), (b"2.5", 400), (b'"seven"', 400)):
        odd = (
            b'{"resourceSpans": [{"resource": {"attributes": [{"key": "any", "value": {"intValue": '
        )
        assert (await station.post(odd + number + b"}}]}}]}", JSON, TRACES)).status == status
    assert (await station.post(b"", "application/grpc", TRACES)).status == 415
    assert (await station.post(b"", BINARY, TRACES)).status == 200
    assert (await station.post(b"", BINARY, TRACES, token="ute")).status == 403


async def test_the_exporter_of_the_sdk_is_understood(station: Station) -> None:
    exporter = OTLPSpanExporter(
        endpoint=station.address + PREFIX + TRACES,
        headers={"Authorization": "Bearer acme"},
        compression=Compression.Gzip,
    )
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))

    def work() -> None:
        tracer = provider.get_tracer("test")
        with tracer.start_as_current_span("chat gpt-4") as current:
            for name, value in CHAT.items():
                current.set_attribute(name, value if isinstance(value, int) else str(value))
            current.set_status(StatusCode.OK)
        provider.shutdown()

    await asyncio.to_thread(work)
    assert await station.merge() == (1, 0, 0)
