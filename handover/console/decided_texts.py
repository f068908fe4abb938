"""The citizen's sentences: found, worded anew, and put back to the standard."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from handover.accounts.roles import LEDER
from handover.console import shell
from handover.console.decision_form import PLACE, Form, Forms, sent_fields
from handover.console.places import HOME
from handover.console.shell import Known
from handover.decisions.sections import TEXTS
from handover.errors import Problem
from handover.pages.editors import sentence_editor, standard_editor
from handover.pages.sentences import found, group_of, must_stay
from handover.texts import Text

HERE = f"{PLACE}/{TEXTS}"
PAGE = "indstillinger/en_tekst.html"


def router(forms: Forms) -> APIRouter:
    routes = shell.router()
    desk, decisions, standard = forms.desk, forms.decisions, forms.changes.standard
    Leader = Annotated[Known, Depends(desk.known(LEDER))]  # noqa: N806
    here = HERE.removeprefix(HOME)

    @routes.get(here)
    async def texts(
        request: Request, who: Leader, q: Annotated[str, Query(max_length=100)] = ""
    ) -> Response:
        held = await decisions.held(TEXTS)
        return await desk.page(
            request,
            "indstillinger/tekster.html",
            who,
            groups=found(standard, held.value, q),
            q=q,
            held=held,
            saved="gemt" in request.query_params,
            place=PLACE,
        )

    @routes.get(f"{here}/{{key}}")
    async def text(request: Request, who: Leader, key: str) -> Response:
        return await forms.show(request, who, _one(standard, key))

    @routes.post(f"{here}/{{key}}")
    async def save(request: Request, who: Leader, key: str) -> Response:
        return await forms.save(request, who, _one(standard, key), await sent_fields(request))

    @routes.post(f"{here}/{{key}}/standard")
    async def back(request: Request, who: Leader, key: str) -> Response:
        """The sentence as the file has it."""
        form = _one(standard, key, back=True)
        return await forms.save(request, who, form, await sent_fields(request))

    return routes


def _one(standard: Mapping[str, Text], key: str, back: bool = False) -> Form:
    if key not in standard:
        raise Problem(404, "findes_ikke")
    text = standard[key]
    told = {"key": key, "text": text, "must_stay": must_stay(text), "group": group_of(key)}
    editor = standard_editor(key, text) if back else sentence_editor(key, text)
    return Form(editor, PAGE, f"{HERE}/{key}", HERE, told)
