"""The buttons under an answer: checked again when clicked, with the identity of who clicks."""

from dataclasses import replace

from playground.model import JsonObject, Message
from tests.slack.conftest import Play, Playing


async def asked(playing: Playing, command: str, name: str) -> Message:
    """The message that answers a command."""
    slack = playing.stage.slack
    channel = slack.workspace.find_channel("costs")
    assert channel is not None
    outcome = await slack.delivery.command(playing.stage.user_id(name), channel.id, command)
    assert outcome.reply is not None
    return outcome.reply.posted[0]


def button(message: Message, label: str) -> JsonObject:
    """The action that a click on a button sends."""
    for block in message.blocks:
        for element in block.get("elements", []):
            if element.get("type") == "button" and element["text"]["text"] == label:
                return {
                    "type": "button",
                    "action_id": element["action_id"],
                    "block_id": block["block_id"],
                    "value": element["value"],
                    "text": element["text"],
                }
    raise AssertionError(f"there is no button {label!r}")


async def click(playing: Playing, message: Message, label: str, name: str) -> list[Message]:
    """What came of a click, besides what it replaced."""
    user_id = playing.stage.user_id(name)
    outcome = await playing.stage.slack.delivery.click(user_id, message, button(message, label))
    await playing.stage.supervisor.idle()
    assert (outcome.status, outcome.error) == (200, "")
    assert outcome.reply is not None
    return outcome.reply.posted


async def test_the_next_question_takes_the_place_of_the_first(play: Play):
    async with play() as playing:
        message = await asked(playing, "/cost today by model", "ada")
        await click(playing, message, "By organization", "ada")
    header = [cell["text"] for cell in message.blocks[1]["rows"][0]]
    assert header[0] == "Organization"
    assert message.edited is not None


async def test_the_filters_of_the_first_question_stay(play: Play):
    async with play() as playing:
        message = await asked(playing, "/cost today by model organization acme", "ada")
        await click(playing, message, "By day", "ada")
    assert "organization acme" in message.text
    assert message.text.startswith("$3.90")


async def test_who_clicks_is_answered_as_who_they_are(play: Play):
    async with play() as playing:
        message = await asked(playing, "/cost today by model", "ada")
        [shared] = await click(playing, message, "Share", "ada")
        # Somebody forges the click that Ada's private message would have offered.
        user_id = playing.stage.user_id("gil")
        forged = button(message, "By day")
        outcome = await playing.stage.slack.delivery.click(user_id, shared, forged)
        await playing.stage.supervisor.idle()
        texts = [m.text for m in playing.stage.slack.workspace.visible(shared.channel, user_id)]
    assert outcome.status == 200
    assert any(text.startswith("$1.00") for text in texts)


async def test_a_shared_answer_is_for_everybody_and_names_its_sharer_without_a_ping(play: Play):
    async with play() as playing:
        message = await asked(playing, "/cost today by model", "otto")
        [shared] = await click(playing, message, "Share", "otto")
    assert shared.ephemeral_to is None
    assert shared.text.startswith("$3.90")
    assert "Shared by Otto Owner" in str(shared.blocks)
    assert "<@" not in str(shared.blocks)
    assert "actions" not in {block["type"] for block in shared.blocks}


async def test_a_file_comes_to_who_clicked(play: Play):
    async with play() as playing:
        message = await asked(playing, "/cost today by model", "ute")
        [note] = await click(playing, message, "CSV", "ute")
        files = list(playing.stage.slack.workspace.files.values())
    assert "5 rows" not in note.text
    assert "direct messages" in note.text
    assert len(files) == 1


async def test_a_button_of_an_older_costbot_is_answered_politely(play: Play):
    async with play() as playing:
        message = await asked(playing, "/cost today", "ada")
        user_id = playing.stage.user_id("ada")
        stale = {**button(message, "CSV"), "value": "help"}
        outcome = await playing.stage.slack.delivery.click(user_id, message, stale)
        await playing.stage.supervisor.idle()
    assert outcome.reply is not None
    assert "older answer" in outcome.reply.posted[0].text


async def test_a_stranger_may_click_and_sees_nothing(play: Play):
    async with play() as playing:
        message = await asked(playing, "/cost today by model", "ada")
        shared = replace(message, ephemeral_to=None)
        [answer] = await click(playing, shared, "By organization", "sam")
    assert "I don't know you yet" in answer.text
