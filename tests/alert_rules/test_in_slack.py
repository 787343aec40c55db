"""`/cost alert` in Slack: lines, the form with its preview, buttons."""

from __future__ import annotations

from playground.model import Message, View
from storage.records.alert_rule import AlertRule
from tests.budgets.slack.acting import Act, Acting, button, fields_of, filled, labels, text_of

LINE = "create spike cost above $10 model gpt-4"


async def typed(acting: Acting, text: str, name: str) -> Message | None:
    """The message that answers `/cost alert text`; None: a form was opened."""
    user_id = acting.playing.stage.user_id(name)
    outcome = await acting.slack.delivery.command(user_id, acting.costs, f"/cost alert {text}")
    await acting.idle()
    assert (outcome.status, outcome.error) == (200, "")
    return outcome.reply.posted[0] if outcome.reply and outcome.reply.posted else None


async def said(acting: Acting, text: str, name: str) -> Message:
    """The message that answers `/cost alert text`."""
    message = await typed(acting, text, name)
    assert message is not None
    return message


async def form(acting: Acting, text: str, name: str) -> View:
    """The form that `/cost alert text` opens."""
    assert await typed(acting, text, name) is None
    return acting.modal(name)


async def rules(acting: Acting) -> list[AlertRule]:
    """All that there are."""
    return await acting.store.alert_rules.page(limit=100)


async def test_a_line_creates_a_rule_of_the_own_organization_told_where_it_was_typed(act: Act):
    async with act() as acting:
        created = await said(acting, f"{LINE} to here", "otto")
        shown = await said(acting, "show spike", "ute")
        foreign = await said(acting, "show spike", "gil")
        (rule,) = await rules(acting)
        channel = acting.costs
    assert "Created: spike" in created.text
    assert (rule.organization, rule.targets) == ("acme", (("slack", channel),))
    assert labels(shown) == ["Details"]
    assert labels(created) == ["Details", "Edit", "Pause", "Test", "Delete"]
    assert "There is no alert rule" in foreign.text


async def test_create_alone_opens_a_form_that_previews_before_it_saves(act: Act):
    async with act() as acting:
        view = await form(acting, "create", "otto")
        assert view.payload["submit"]["text"] == "Preview"
        assert {"what", "warning", "baseline", "filters", "each", "channels"} <= set(
            fields_of(view)
        )
        outcome = await acting.submit(view, "otto", name="spike", what="cost", critical="20")
        assert outcome.field_errors == {
            "warning": "Notice, warning and critical do not get worse in that order. "
            "The further above, the worse: give them in that order."
        }
        wrong = await acting.submit(view, "otto", name="spike", what="cost", warning="ten")
        assert set(wrong.field_errors) == {"warning"}
        changes = {"name": "spike <!channel>", "what": "cost", "warning": "5", "critical": ""}
        assert (await acting.submit(view, "otto", **changes)).field_errors == {}
        previewed = acting.modal("otto")
        assert "Of the last 30 days nothing can be said" in text_of(previewed)
        assert previewed.payload["submit"]["text"] == "Save"
        assert await rules(acting) == []
        for _ in range(2):
            await acting.submit(previewed, "otto")
        (rule,) = await rules(acting)
        assert "&lt;!channel&gt;" in text_of(acting.modal("otto"))
    assert (rule.name, rule.zone.key) == ("spike <!channel>", "Europe/Berlin")


async def test_an_edit_shows_what_is_there_and_says_who_was_faster(act: Act):
    async with act() as acting:
        created = await said(acting, LINE, "otto")
        await acting.click(created, "Edit", "otto")
        view = acting.modal("otto")
        assert filled(view)["warning"]["value"]["value"] == "10"
        await acting.submit(view, "otto", warning="12")
        await said(acting, "edit spike warning $15", "ada")
        await acting.submit(acting.modal("otto"), "otto")
        assert "Ada Admin has changed the alert rule spike" in text_of(acting.modal("otto"))
        await acting.submit(acting.modal("otto"), "otto")
        await acting.submit(acting.modal("otto"), "otto")
        (rule,) = await rules(acting)
    assert rule.terms.warning == 12


async def test_buttons_pause_test_delete_and_undo(act: Act):
    async with act() as acting:
        created = await said(acting, f"{LINE} to here", "otto")
        await acting.click(created, "Test", "otto")
        await acting.click(created, "Pause", "otto")
        (paused,) = await rules(acting)
        await acting.send_outbox()
        test = acting.posted(acting.costs)[-1]
        deleted = await said(acting, "delete spike", "otto")
        assert await rules(acting) == []
        refused = await acting.press(deleted, button(deleted, "Undo"), "ute")
        await acting.click(deleted, "Undo", "otto")
        (back,) = await rules(acting)
    assert paused.paused
    assert "This is a test of the alert rule spike, asked for by Otto" in test.text
    assert "organization admin" in refused[0]
    assert back.id == paused.id


async def test_a_mistyped_word_gets_a_suggestion_and_help_its_own_page(act: Act):
    async with act() as acting:
        mistyped = await said(acting, "creat spike", "otto")
        helped = await said(acting, "help", "ute")
        refused = await said(acting, "create", "ute")
    assert "Did you mean `create`?" in mistyped.text
    assert "/cost alert list" in helped.text
    assert "Only an organization admin may create alert rules." in refused.text
