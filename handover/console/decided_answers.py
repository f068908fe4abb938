"""The ready-made answers: found, worded, added, removed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from handover.accounts.roles import LEDER
from handover.console import shell
from handover.console.decision_form import PLACE, Form, Forms, sent_fields
from handover.console.places import HOME
from handover.console.shell import Known
from handover.decisions.sections import ANSWERS
from handover.handovers.answers import LONGEST, Answers, search
from handover.pages.editors import answer_editor, find, new_id, removing_editor

HERE = f"{PLACE}/{ANSWERS}"
NEW = f"{PLACE}/nyt-svar"
PAGE = "indstillinger/et_svar.html"


def router(forms: Forms) -> APIRouter:
    routes = shell.router()
    desk, decisions = forms.desk, forms.decisions
    Leader = Annotated[Known, Depends(desk.known(LEDER))]  # noqa: N806
    here, new = HERE.removeprefix(HOME), NEW.removeprefix(HOME)

    @routes.get(here)
    async def answers(
        request: Request, who: Leader, q: Annotated[str, Query(max_length=100)] = ""
    ) -> Response:
        held = await decisions.held(ANSWERS)
        found = search(Answers.model_validate(held.value).answers, q)
        return await desk.page(
            request,
            "indstillinger/svar.html",
            who,
            answers=found,
            q=q,
            held=held,
            saved="gemt" in request.query_params,
            place=PLACE,
        )

    @routes.get(new)
    async def blank(request: Request, who: Leader) -> Response:
        return await forms.show(request, who, Form(answer_editor(""), PAGE, NEW, HERE, _told("")))

    @routes.post(new)
    async def add(request: Request, who: Leader) -> Response:
        sent = await sent_fields(request)
        held = await decisions.held(ANSWERS)
        editor = answer_editor(new_id(sent.get("titel", ""), held.value["svar"]))
        return await forms.save(request, who, Form(editor, PAGE, NEW, HERE, _told("")), sent)

    @routes.get(f"{here}/{{answer_id}}")
    async def answer(request: Request, who: Leader, answer_id: str) -> Response:
        """One that was removed meanwhile leads back to the list."""
        if find((await decisions.held(ANSWERS)).value["svar"], answer_id) is None:
            return RedirectResponse(HERE, 303)
        return await forms.show(request, who, _one(answer_id))

    @routes.post(f"{here}/{{answer_id}}")
    async def save(request: Request, who: Leader, answer_id: str) -> Response:
        return await forms.save(request, who, _one(answer_id), await sent_fields(request))

    @routes.post(f"{here}/{{answer_id}}/fjern")
    async def remove(request: Request, who: Leader, answer_id: str) -> Response:
        form = Form(removing_editor(answer_id), PAGE, f"{HERE}/{answer_id}", HERE, _told(answer_id))
        return await forms.save(request, who, form, await sent_fields(request))

    return routes


def _one(answer_id: str) -> Form:
    return Form(answer_editor(answer_id), PAGE, f"{HERE}/{answer_id}", HERE, _told(answer_id))


def _told(answer_id: str) -> dict[str, object]:
    return {"answer_id": answer_id, "longest": LONGEST}
