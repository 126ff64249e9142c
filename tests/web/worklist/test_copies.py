"""抄送我的: unread first seen, opened by a post, read all at once, never a stranger's."""

import re

import pytest

from engine.workflow.informing import SendCopies
from tests.visitor import SignIn
from tests.web.worklist.stage import Stage

COPIES = "/worklist/copies"


@pytest.fixture
def numbers(stage: Stage) -> list[str]:
    """Two requests of the second street, copied to the clerk of the third."""
    made = [stage.request(1) for _ in range(2)]
    reader = stage.story.county.officers["street_clerk3"]
    for number in made:
        command = SendCopies(stage.item(number, "street_review"), (reader,), "供参考")
        stage.story.do(command, "street_leader2")
    return made


def test_unread_copies_are_counted_on_every_page_until_they_are_opened(
    stage: Stage, sign_in: SignIn, numbers: list[str]
) -> None:
    reader = sign_in("street_clerk3")
    assert re.search(r"抄送我的 <span class=\"count\">2</span>", reader.get("/worklist/").text)
    page = reader.get(COPIES).text
    assert "供参考" in page
    opened = re.findall(r"/worklist/copies/\d+/open", page)
    answer = reader.post(opened[0], page=COPIES)
    assert numbers[1] in reader.get(answer.headers["Location"]).text
    assert re.search(r"抄送我的 <span class=\"count\">1</span>", reader.get(COPIES).text)
    unread = reader.get(f"{COPIES}?unread=1").text
    assert numbers[0] in unread
    assert numbers[1] not in unread


def test_copies_are_found_by_number_and_read_all_at_once(stage: Stage, sign_in: SignIn, numbers: list[str]) -> None:
    reader = sign_in("street_clerk3")
    page = reader.get(f"{COPIES}?q={numbers[0]}").text
    assert numbers[0] in page
    assert numbers[1] not in page
    reader.post("/worklist/copies/read", page=COPIES)
    assert "2 件抄送已全部标为已阅" in reader.get(f"{COPIES}?unread=1").text
    assert "没有未阅的抄送" in reader.page


def test_pages_of_copies_follow_each_other(
    stage: Stage, sign_in: SignIn, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.worklist.copies.SIZE", 1)
    reader = sign_in("street_clerk3")
    first = reader.get(COPIES).text
    assert numbers[1] in first
    following = re.search(r'href="([^"]+after=[^"]+)"', first)
    assert following is not None
    assert numbers[0] in reader.get(following[1].replace("&amp;", "&")).text


def test_a_strangers_copy_is_as_if_it_were_not_there(stage: Stage, sign_in: SignIn, numbers: list[str]) -> None:
    opened = re.findall(r"/worklist/copies/\d+/open", sign_in("street_clerk3").get(COPIES).text)
    stranger = sign_in("street_clerk")
    assert stranger.post(opened[0], page=COPIES).status_code == 404
    assert "还没有抄送给您的事项" in stranger.get(COPIES).text
    assert re.search(r"抄送我的 <span class=\"count\">2</span>", sign_in("street_clerk3").get(COPIES).text)
