"""What can be done at an address, said where something else is asked for."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Match

from api.problems import problem_response


def answer_other_methods(app: FastAPI) -> None:
    """Has 405 name all methods of an address: each is a route, and the first alone would answer."""

    async def not_allowed(request: Request, error: Exception) -> JSONResponse:
        del error
        routes = [one.original_route for one in iter_route_contexts(app.routes)]
        there = sorted(
            {
                method
                for route in routes
                if isinstance(route, APIRoute) and route.matches(request.scope)[0] != Match.NONE
                for method in route.methods or ()
            }
        )
        sentence = f"{request.method} is not possible here."
        hint = f"Possible is {', '.join(there)}."
        return problem_response(405, sentence, hint, headers={"Allow": ", ".join(there)})

    app.add_exception_handler(405, not_allowed)
