"""Every test starts a service of its own; what all of them would build alike is built once.

Only the results of pure functions are kept: a file's text parsed, a template's code, a type's
validator, the trusted certificates of the machine. Everything else is made anew for each test.
Waits and costs that nothing is to be learnt from are short: uvicorn's pauses, and the hashing of
passwords.
"""

from __future__ import annotations

import asyncio
import os
import pickle
from collections.abc import Callable
from typing import Any, get_args

import httpx._transports.default as transports
import jinja2
import uvicorn.server
import yaml
from argon2 import PasswordHasher
from fastapi._compat import v2
from fastapi.dependencies import models
from pydantic import TypeAdapter

from handover.accounts import passwords

HARD_TO_GUESS = passwords._hasher
"""The product's own: a fifth of a second of both processors for each password."""


def install() -> None:
    yaml.load = parsed_once(yaml.load)
    jinja2.Environment.compile = compiled_once(jinja2.Environment.compile)  # type: ignore[method-assign]
    v2.TypeAdapter = built_once  # type: ignore[attr-defined, misc]
    transports.create_ssl_context = trusted_once(transports.create_ssl_context)
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._NOBODY = passwords._hasher.hash("nobody")
    uvicorn.server.asyncio = Sooner()  # type: ignore[attr-defined, assignment]


def forget() -> None:
    """FastAPI remembers of each endpoint what kind of function it is, and with it the whole service
    that it belongs to: after some hundred of them the collector stood still for a second."""
    for known in vars(models).values():
        if hasattr(known, "cache_clear"):
            known.cache_clear()


def parsed_once(load: Callable[..., Any]) -> Callable[..., Any]:
    """Whoever asks gets a copy to change. What cannot be read fails as often as it is read."""
    known: dict[Any, bytes] = {}

    def parsed(stream: Any, Loader: Any) -> Any:  # noqa: N803
        if not isinstance(stream, str):
            return load(stream, Loader)
        key = stream, Loader
        if key not in known:
            known[key] = pickle.dumps(load(stream, Loader))
        return pickle.loads(known[key])

    return parsed


def compiled_once(compile_: Callable[..., Any]) -> Callable[..., Any]:
    """A template's code; its filters are looked up when it runs."""
    known: dict[Any, Any] = {}

    def compiled(self: jinja2.Environment, source: Any, *names: Any, **how: Any) -> Any:
        blocks = self.trim_blocks, self.lstrip_blocks
        key = source, names, tuple(how.items()), blocks, tuple(self.filters)
        if key not in known:
            known[key] = compile_(self, source, *names, **how)
        return known[key]

    return compiled


class Sooner:
    """asyncio for uvicorn, which looks ten times a second whether it is to stop, and waits as long
    for its connections: a hundred times."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 10)


_adapters: dict[Any, tuple[Any, TypeAdapter[Any]]] = {}


def built_once(type_: Any, config: Any = None) -> TypeAdapter[Any]:
    """FastAPI asks for ``Annotated[type, ..., Field(...)]``. The type is kept with its adapter:
    what is in its ``repr`` by address alone stays alive, and the address is nobody else's. The
    models that FastAPI itself makes for each service's forms go with it."""
    if getattr(type_.__origin__, "__module__", "") == v2.__name__:
        return TypeAdapter(type_, config=config)
    key = type_.__origin__, repr(get_args(type_)), repr(config)
    if key not in _adapters:
        _adapters[key] = type_, TypeAdapter(type_, config=config)
    return _adapters[key][1]


def trusted_once(create: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[Any, Any] = {}

    def trusted(verify: Any = True, cert: Any = None, trust_env: bool = True) -> Any:
        if verify is not True or cert is not None:
            return create(verify=verify, cert=cert, trust_env=trust_env)
        key = trust_env, os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
        if key not in known:
            known[key] = create(verify=verify, cert=cert, trust_env=trust_env)
        return known[key]

    return trusted
