"""The arguments and options that the commands of `costbot budget` share."""

from __future__ import annotations

from typing import Annotated

import typer

Name = Annotated[str, typer.Argument(help="The budget's name, or its id.")]
Organization = Annotated[
    str | None, typer.Option("--organization", "--org", help="Whose budget it is.")
]
AsJson = Annotated[bool, typer.Option("--json", help="The result as JSON.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="A day, YYYY-MM-DD; else today.")]
Scoped = Annotated[
    list[str] | None,
    typer.Option("--scope", help="DIMENSION=VALUE that counts, repeatable; else all."),
]
Zone = Annotated[str | None, typer.Option(help="IANA zone in which its days begin.")]
Start = Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD.")]
End = Annotated[str | None, typer.Option(help="Last day, included; `never` for none.")]
Warning_ = Annotated[str | None, typer.Option("--warning", help="Share of the limit: 80%.")]
Critical = Annotated[str | None, typer.Option(help="Share of the limit: 95%.")]
Forecast = Annotated[str | None, typer.Option(help="Share of the limit: 110%, or off.")]
Rollover = Annotated[str | None, typer.Option(help="USD carried over at most, or off.")]
Hard = Annotated[
    bool | None, typer.Option("--hard/--soft", help="Whether checks deny beyond the limit.")
]
Unknown = Annotated[
    str | None,
    typer.Option("--when-unknown", help="What a check answers then: allow or deny."),
]
Emails = Annotated[list[str] | None, typer.Option("--email", help="Told by e-mail; repeatable.")]
Channels = Annotated[
    list[str] | None, typer.Option("--channel", help="Id of a Slack channel; repeatable.")
]
Users = Annotated[
    list[str] | None, typer.Option("--user", help="Id of a person in Slack; repeatable.")
]
Webhooks = Annotated[
    list[str] | None,
    typer.Option("--webhook", help="Name of a webhook in COSTBOT_WEBHOOKS; repeatable."),
]
Description = Annotated[str | None, typer.Option(help="Free text.")]
Anyway = Annotated[bool, typer.Option(help="Take values that no cost has had yet.")]
