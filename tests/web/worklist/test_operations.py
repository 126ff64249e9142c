"""The operations on an item and on a case through their pages: what they do, who may, and that what was typed stays."""

from io import BytesIO

import pytest
from flask import Flask
from PIL import Image, ImageDraw
from sqlalchemy import select

from engine.kernel.clock import FixedClock
from engine.kernel.process_engine import ProcessEngine
from engine.personnel.files import StoredFile
from engine.workflow.tables import CaseCopy, CaseNote, ChosenHandler, Notification, Submission, WorkItem
from tests.pages import pages
from tests.visitor import SignIn, Visitor
from tests.web.worklist.bureau import Bureau, drawing


@pytest.fixture
def bureau(web_engine: ProcessEngine, clock: FixedClock, password_hash: str) -> Bureau:
    bureau = Bureau(web_engine, clock, password_hash)
    bureau.prepare()
    return bureau


@pytest.fixture
def app(bureau: Bureau) -> Flask:
    return pages(bureau.engine)


def page_of(bureau: Bureau, node: str) -> str:
    return f"/worklist/items/{bureau.item(node)}"


def decide(visitor: Visitor, bureau: Bureau, node: str, decision: str = "pass", **more: str) -> None:
    page = page_of(bureau, node)
    answer = visitor.post(page, {"decision": decision, "opinion": "意见", **more}, page=page)
    assert answer.status_code == 302, answer.text


def operate(visitor: Visitor, bureau: Bureau, node: str, operation: str, **form: object) -> str:
    """Does the operation by its page; answers what is said afterwards."""
    page = f"{page_of(bureau, node)}/operations/{operation}"
    answer = visitor.post(page, dict(form), page=page)
    assert answer.status_code == 302, answer.text
    return str(visitor.get(answer.headers["Location"]).text)


def png(*, ink: bool = True) -> bytes:
    picture = Image.new("RGB", (300, 120), "white")
    if ink:
        ImageDraw.Draw(picture).line((20, 90, 150, 20, 270, 80), fill="black", width=5)
    target = BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def test_an_item_is_transferred_for_good(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.start()
    said = operate(sign_in("street"), bureau, "ask", "transfer", person=bureau.ids["clerk"], reason="由县里直接办")
    assert "已转办给王敏，此件由其办理和决定。" in said
    page = sign_in("clerk").get(page_of(bureau, "ask")).text
    assert "孙丽 转办给您" in page
    assert "由县里直接办" in page
    assert "办理ask：转办给王敏" in page


def test_candidates_are_found_by_name_with_post_and_unit(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.start()
    visitor, page = sign_in("street"), f"{page_of(bureau, 'ask')}/operations/transfer"
    found = visitor.post(page, {"_find": "1", "_typed": "周", "reason": "请领导定"}, page=page)
    assert found.status_code == 200
    assert "清溪县委社会工作部 · 县级社会工作部负责人" in found.text
    assert "王敏" not in found.text
    assert "请领导定</textarea>" in found.text
    assert bureau.acts() == ["start"]


def test_nobody_is_offered_who_has_the_step_or_is_kept_from_it(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.deploy(drawing(completionRule="all", exclude="handlerOf:ask"))
    bureau.start()
    street, clerk = sign_in("street"), sign_in("clerk")
    operate(street, bureau, "ask", "transfer", person=bureau.ids["head"], reason="请领导办")
    decide(sign_in("head"), bureau, "ask")
    with bureau.engine.reading() as session:
        mine = session.scalars(select(WorkItem.id).where(WorkItem.node_id == "check",
                                                        WorkItem.assignee_id == bureau.ids["clerk"])).one()  # fmt: skip
    page = f"/worklist/items/{mine}/operations/addBeside"
    shown = clerk.get(page).text
    assert "吴英" in shown
    assert not [name for name in ("李强", "周正") if f"{name} <span" in shown]
    forced = clerk.post(page, {"person": bureau.ids["head"], "reason": "请会签"}, page=page)
    assert (forced.status_code, "不能办理此环节" in forced.text) == (403, True)


def test_what_was_typed_stays_when_something_is_missing(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.start()
    visitor, page = sign_in("street"), f"{page_of(bureau, 'ask')}/operations/delegate"
    answer = visitor.post(page, {"request": "请核实面积"}, page=page)
    assert (answer.status_code, "请选择要委派的同事" in answer.text) == (422, True)
    assert "请核实面积</textarea>" in answer.text
    answer = visitor.post(page, {"person": bureau.ids["clerk"]}, page=page)
    assert "请写明要对方做什么" in answer.text
    assert f'value="{bureau.ids["clerk"]}" id="person-{bureau.ids["clerk"]}" checked' in answer.text
    assert bureau.acts() == ["start"]


def test_a_delegated_item_is_answered_and_returns(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.start()
    street, clerk = sign_in("street"), sign_in("clerk")
    said = operate(street, bureau, "ask", "delegate", person=bureau.ids["clerk"], request="请核实面积")
    assert "对方答复后此件回到您的待办" in said
    asked = page_of(bureau, "ask")
    page = clerk.get(asked).text
    assert "孙丽 委派您答复" in page
    assert ">答复<" in page
    assert 'value="reject"' not in page
    refused = clerk.post(asked, {"decision": "", "opinion": ""}, page=asked)
    assert (refused.status_code, "请填写答复意见" in refused.text) == (422, True)
    clerk.post(asked, {"decision": "", "opinion": "面积属实"}, page=asked)
    page = street.get(page_of(bureau, "ask")).text
    assert "王敏答复" in page
    assert "面积属实" in page
    assert bureau.open_nodes() == ["ask"]


def test_people_sign_before_beside_and_behind(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.deploy(drawing(completionRule="all"))
    bureau.start()
    street, clerk, second, head = (sign_in(login) for login in ("street", "clerk", "second", "head"))
    operate(street, bureau, "ask", "addBefore", person=bureau.ids["clerk"], reason="请先看")
    asked = clerk.get(page_of(bureau, "ask")).text
    assert "请您先签（前加签）" in asked
    decide(clerk, bureau, "ask")
    page = page_of(bureau, "ask")
    shown = street.get(f"{page}?with=addAfter").text
    assert "同意并请他们加签" in shown
    assert "不同意</button>" not in shown
    missing = street.post(page, {"decision": "pass", "_behind": "1"}, page=f"{page}?with=addAfter")
    assert "请选择后加签的人员" in missing.text
    form = {"decision": "pass", "_behind": "1", "person": bureau.ids["second"]}
    answer = street.post(page, form, page=f"{page}?with=addAfter")
    assert "已请李强后加签" in street.get(answer.headers["Location"]).text
    decide(second, bureau, "ask")
    with bureau.engine.reading() as session:
        mine = session.scalars(select(WorkItem.id).where(WorkItem.node_id == "check",
                                                        WorkItem.assignee_id == bureau.ids["clerk"])).one()  # fmt: skip
    beside = f"/worklist/items/{mine}/operations/addBeside"
    answer = clerk.post(beside, {"person": bureau.ids["head"], "reason": "请会签"}, page=beside)
    assert "周正已加入会签" in clerk.get(answer.headers["Location"]).text
    assert "王敏 请您加入会签" in head.get(page_of(bureau, "check")).text


def test_a_signer_is_taken_out_again(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.start()
    street = sign_in("street")
    item = bureau.item("ask")
    operate(street, bureau, "ask", "addBefore", person=bureau.ids["clerk"], reason="请先看")
    page = f"/worklist/items/{item}/operations/removeSigner"
    assert "王敏（前加签）" in street.get(page).text
    answer = street.post(page, {"signer": bureau.item("ask"), "reason": "不需要了"}, page=page)
    assert "已减去王敏（前加签）" in street.get(answer.headers["Location"]).text
    assert bureau.item("ask") == item


def test_a_case_goes_straight_back_and_what_was_typed_returns(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.start()
    street, clerk, head = sign_in("street"), sign_in("clerk"), sign_in("head")
    decide(street, bureau, "ask", opinion="请批准三间")
    decide(clerk, bureau, "check")
    page = f"{page_of(bureau, 'sign')}/operations/return"
    refused = head.post(page, {"target": "ask", "way": "direct", "opinion": ""}, page=page)
    assert "请填写退回的原因" in refused.text
    said = operate(head, bureau, "sign", "return", target="ask", way="direct", opinion="请写明面积")
    assert "已退回到“办理ask”，改好后直接回到您这里" in said
    back = street.get(page_of(bureau, "ask")).text
    assert "周正 退回给您修改，改好提交后直接回到他那里" in back
    assert "请写明面积" in back
    assert "请批准三间</textarea>" in back
    decide(street, bureau, "ask", opinion="三间共 60 平方米")
    assert bureau.open_nodes() == ["sign"]
    course = head.get(page_of(bureau, "sign")).text
    assert "已失效" in course
    assert "办理check：同意" in course


def test_an_act_is_taken_back_while_nobody_has_acted_after_it(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.start()
    street, clerk = sign_in("street"), sign_in("clerk")
    done = bureau.item("ask")
    decide(street, bureau, "ask", opinion="请批准三间")
    assert f"/worklist/items/{done}/operations/withdraw" in street.get(f"/worklist/items/{done}").text
    page = f"/worklist/items/{done}/operations/withdraw"
    answer = street.post(page, {"reason": "写错了"}, page=page)
    again = street.get(answer.headers["Location"]).text
    assert "已撤回，此件回到您的待办" in again
    assert "请批准三间</textarea>" in again
    assert bureau.open_nodes() == ["ask"]
    done = bureau.item("ask")
    decide(street, bureau, "ask")
    assert f"/worklist/items/{done}/operations/withdraw" in street.get(f"/worklist/items/{done}").text
    decide(clerk, bureau, "check")
    page = f"/worklist/items/{done}/operations/withdraw"
    assert page not in street.get(f"/worklist/items/{done}").text
    late = street.post(page, {"reason": "再改"}, page=page)
    assert (late.status_code, "已经有人办理，不能撤回" in late.text) == (409, True)
    assert bureau.open_nodes() == ["sign"]


def test_copies_reminders_and_comments_inform_without_moving(bureau: Bureau, sign_in: SignIn) -> None:
    case = bureau.start()
    street, second = sign_in("street"), sign_in("second")
    operate(street, bureau, "ask", "copy", person=bureau.ids["second"], note="供参考")
    with bureau.engine.reading() as session:
        assert session.scalars(select(CaseCopy.user_id)).all() == [bureau.ids["second"]]
    assert second.get(f"/worklist/cases/{case}").status_code == 200
    decide(street, bureau, "ask")
    page = f"/worklist/cases/{case}/operations/urge"
    answer = street.post(page, {"note": "请快"}, page=page)
    assert "已提醒 2 名办理人员" in street.get(answer.headers["Location"]).text
    again = street.post(page, {"note": "再催"}, page=page)
    assert (again.status_code, "4小时内只能催办一次" in again.text) == (409, True)
    talk = f"/worklist/cases/{case}/comments"
    assert "何人" not in street.get(talk).text
    blind = street.post(talk, {"talk-text": "请看", "talk-person": bureau.ids["stranger"]}, page=talk)
    assert (blind.status_code, "只能提醒能看到此件的人员" in blind.text) == (422, True)
    form = {"talk-text": "附上平面图", "talk-person": bureau.ids["head"], "talk-files": (BytesIO(png()), "平面图.png")}
    answer = street.post(talk, form, page=talk, content_type="multipart/form-data")
    shown = street.get(answer.headers["Location"]).text
    assert "附上平面图" in shown
    assert "平面图.png" in shown
    with bureau.engine.reading() as session:
        told = select(Notification.template).where(Notification.user_id == bureau.ids["head"])
        assert "case_commented" in session.scalars(told).all()
        ((file_id, _),) = session.scalars(select(CaseNote).where(CaseNote.kind == "comment")).one().attachments
        assert session.get_one(StoredFile, file_id).media_type == "image/jpeg"
    file = f"/worklist/cases/{case}/attachments/{file_id}"
    answer = sign_in("clerk").get(file)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert sign_in("stranger").get(file).status_code == 404
    other = bureau.start("件-2")
    assert street.get(f"/worklist/cases/{other}/attachments/{file_id}").status_code == 404


def test_a_file_that_is_no_picture_is_refused_and_the_words_stay(bureau: Bureau, sign_in: SignIn) -> None:
    talk = f"/worklist/cases/{bureau.start()}/comments"
    form = {"talk-text": "请看附件", "talk-files": (BytesIO(b"MZ\x90 not a picture"), "平面图.png")}
    answer = sign_in("street").post(talk, form, page=talk, content_type="multipart/form-data")
    assert (answer.status_code, "不是图片或 PDF" in answer.text) == (422, True)
    assert "请看附件</textarea>" in answer.text
    with bureau.engine.reading() as session:
        assert session.scalars(select(CaseNote)).all() == []
        assert session.scalars(select(StoredFile)).all() == []


def test_operations_that_the_step_does_not_allow_say_so_and_change_nothing(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.deploy(drawing(operations="claim"))
    bureau.start()
    street, clerk = sign_in("street"), sign_in("clerk")
    decide(street, bureau, "ask")
    page = page_of(bureau, "check")
    assert "/operations/" not in clerk.get(page).text
    for operation, form in (
        ("transfer", {"person": bureau.ids["second"], "reason": "x"}), ("return", {"target": "ask", "opinion": "x"}),
        ("copy", {"person": bureau.ids["second"]}), ("addBefore", {"person": bureau.ids["second"], "reason": "x"}),
    ):  # fmt: skip
        answer = clerk.post(f"{page}/operations/{operation}", form, page=page)
        assert (answer.status_code, "环节不允许" in answer.text) == (403, True), operation
    behind = clerk.post(page, {"decision": "pass", "_behind": "1", "person": bureau.ids["second"]}, page=page)
    assert "不允许此操作" in behind.text
    assert bureau.acts() == ["start", "complete"]
    assert bureau.open_nodes() == ["check"]


def test_items_and_cases_of_others_do_not_exist(bureau: Bureau, sign_in: SignIn) -> None:
    case, stranger = bureau.start(), sign_in("stranger")
    stranger.get("/worklist/")
    item = page_of(bureau, "ask")
    acts = ("transfer", "delegate", "addBefore", "addBeside", "removeSigner", "return", "copy", "withdraw", "nothing")
    paths = [f"{item}/operations/{act}" for act in acts] + [f"{item}/read"]
    paths += [f"/worklist/cases/{case}/operations/{act}" for act in ("urge", "suspend", "jump", "terminate", "nothing")]
    paths += [f"/worklist/cases/{case}/comments"]
    for path in paths:
        assert stranger.post(path, {"reason": "x", "talk-text": "x"}, page="/worklist/").status_code == 404, path
    for path in (f"/worklist/cases/{case}/sheet.pdf", f"/worklist/cases/{case}/attachments/1",
                 f"/worklist/cases/{case}/signatures/1"):  # fmt: skip
        assert stranger.get(path).status_code == 404, path
    assert bureau.acts() == ["start"]


def test_operators_hold_resume_and_move_a_case_with_a_preview(bureau: Bureau, sign_in: SignIn) -> None:
    case = bureau.start()
    admin, street = sign_in("admin"), sign_in("street")
    decide(street, bureau, "ask")
    base = f"/worklist/cases/{case}/operations"
    assert f"{base}/suspend" in admin.get("/operations/cases?number=件").text
    assert street.get(f"{base}/suspend").status_code == 403
    refused = admin.post(f"{base}/suspend", {"reason": " "}, page=f"{base}/suspend")
    assert (refused.status_code, bureau.state(case)) == (422, "active")
    admin.post(f"{base}/suspend", {"reason": "等待上级批复"}, page=f"{base}/suspend")
    assert bureau.state(case) == "suspended"
    held = sign_in("clerk").get(page_of(bureau, "check")).text
    assert "此件已挂起" in held
    assert 'name="decision"' not in held
    admin.post(f"{base}/resume", {"reason": "已批复"}, page=f"{base}/resume")
    form = {"target": "sign", "cancel": "check", "reason": "领导直接批示"}
    preview = admin.post(f"{base}/jump", form, page=f"{base}/jump")
    assert preview.status_code == 200
    assert "将取消：</b>办理check" in preview.text
    assert "将打开：</b>办理sign" in preview.text
    assert bureau.open_nodes() == ["check"]
    answer = admin.post(f"{base}/jump", {**form, "_confirm": "1"}, page=f"{base}/jump")
    assert bureau.open_nodes() == ["sign"]
    course = admin.get(answer.headers["Location"]).text
    assert "跳转到“办理sign”" in course
    assert course.count('chip-warn">例外操作') == 3
    assert "领导直接批示" in course


def test_the_first_step_has_nowhere_to_be_sent_back_to(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.start()
    answer = sign_in("street").get(f"{page_of(bureau, 'ask')}/operations/return")
    assert (answer.status_code, "没有可以退回的地方" in answer.text) == (409, True)


def test_the_initiator_calls_his_case_off_while_the_step_allows_it(bureau: Bureau, sign_in: SignIn) -> None:
    case, street = bureau.start(), sign_in("street")
    page = f"/worklist/cases/{case}/operations/withdrawInstance"
    assert page in street.get(page_of(bureau, "ask")).text
    street.post(page, {"reason": "另行申请"}, page=page)
    assert bureau.state(case) == "withdrawn"


def test_the_initiator_chooses_who_does_a_later_step(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.deploy(drawing(chosenBy="initiator"))
    case = bureau.start()
    street, page = sign_in("street"), f"/worklist/cases/{case}/operations/choose"
    assert page in street.get(f"/worklist/cases/{case}").text
    assert "办理check：李强" in street.get(page).text
    stranger, second = (f"check:{bureau.ids[who]}" for who in ("stranger", "second"))
    assert street.post(page, {"handlers": stranger}, page=page).status_code == 422
    assert street.post(page, {"handlers": second}, page=page).status_code == 302
    assert "checked" in street.get(page).text
    decide(street, bureau, "ask")
    item = f"/worklist/items/{bureau.item('check')}"
    assert item in sign_in("second").get("/worklist/").text
    assert item not in sign_in("clerk").get("/worklist/").text
    assert street.get(page).status_code == 403


def test_who_decides_names_the_next_handler(bureau: Bureau, sign_in: SignIn) -> None:
    drawn = drawing()
    drawn._elements[3] = drawn._elements[3].replace(
        '<zeebe:property name="deadlineWorkdays"', '<zeebe:property name="chosenBy" value="check"/>'
        '<zeebe:property name="deadlineWorkdays"')  # fmt: skip
    bureau.deploy(drawn)
    bureau.start()
    street, clerk = sign_in("street"), sign_in("clerk")
    decide(street, bureau, "ask")
    page = page_of(bureau, "check")
    assert "选择“办理sign”的办理人" in clerk.get(page).text
    wrong = {"decision": "pass", "opinion": "", "handlers-sign": bureau.ids["street"]}
    assert "只能从候选人中选择" in clerk.post(page, wrong, page=page).text
    decide(clerk, bureau, "check", **{"handlers-sign": str(bureau.ids["deputy_head"])})
    with bureau.engine.reading() as session:
        assert session.scalars(select(ChosenHandler.user_id)).all() == [bureau.ids["deputy_head"]]
    shown = sign_in("head").get(page_of(bureau, "sign")).text
    assert 'name="decision"' not in shown
    assert "办理sign：选定办理人" in shown


def test_the_first_opening_is_noted_when_the_page_says_so(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.start()
    street, page = sign_in("street"), page_of(bureau, "ask")
    assert f'data-read="{page}/read"' in street.get(page).text
    assert "未阅" in street.get(page).text
    assert street.post(f"{page}/read").status_code == 204
    shown = street.get(page).text
    assert "已阅" in shown
    assert "data-read" not in shown


def test_a_step_that_requires_a_signature_takes_it_drawn_or_typed(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.deploy(drawing(signature="required"))
    case = bureau.start()
    street, clerk = sign_in("street"), sign_in("clerk")
    decide(street, bureau, "ask")
    page = page_of(bureau, "check")
    form = {"decision": "pass", "opinion": "同意"}
    for wrong, said in (
        ({}, "此环节须签名"), ({"_signed_name": "别人"}, "应与您的姓名一致"),
        ({"_signature": "data:image/png;base64,AAAA"}, "无法打开"),
        ({"_signature_file": (BytesIO(png(ink=False)), "签名.png")}, "签名是空白的"),
    ):  # fmt: skip
        answer = clerk.post(page, {**form, **wrong}, page=page, content_type="multipart/form-data")
        assert (answer.status_code, said in answer.text) == (422, True), said
        assert "同意</textarea>" in answer.text
    sent = {**form, "_signature_file": (BytesIO(png()), "签名.png")}
    assert clerk.post(page, sent, page=page, content_type="multipart/form-data").status_code == 302
    with bureau.engine.reading() as session:
        kept = session.scalars(select(Submission).where(Submission.node_id == "check")).one().content["signature"]
    picture = street.get(f"/worklist/cases/{case}/signatures/{kept}")
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert Image.open(BytesIO(picture.data)).width <= 480
    assert f"/signatures/{kept}" in street.get(f"/worklist/cases/{case}").text
    sheet = street.get(f"/worklist/cases/{case}/sheet.pdf")
    assert (sheet.mimetype, sheet.data[:5]) == ("application/pdf", b"%PDF-")
    assert b"/Image" in sheet.data


def test_field_rights_hold_on_the_page_and_against_posted_values(bureau: Bureau, sign_in: SignIn) -> None:
    bureau.deploy(drawing(fieldRights="opinion=required"))
    bureau.start()
    street, clerk = sign_in("street"), sign_in("clerk")
    decide(street, bureau, "ask")
    page = page_of(bureau, "check")
    answer = clerk.post(page, {"decision": "pass", "opinion": ""}, page=page)
    assert (answer.status_code, "请填写此项" in answer.text) == (422, True)
    bureau.deploy(drawing(fieldRights="opinion=hidden"))
    bureau.start("件-2")
    decide(street, bureau, "ask")
    page = page_of(bureau, "check")
    assert 'name="opinion"' not in clerk.get(page).text


def test_the_course_tells_time_against_the_limit_and_what_probably_comes(bureau: Bureau, sign_in: SignIn) -> None:
    case, street = bureau.start(), sign_in("street")
    page = street.get(f"/worklist/cases/{case}").text
    assert "预计下一步：办理check" in page
    assert "县级社会工作部经办" in page
    decide(street, bureau, "ask")
    decide(sign_in("clerk"), bureau, "check")
    assert "限 3 个工作日" in street.get(f"/worklist/cases/{case}").text
    assert "以列表查看各环节" in street.get(f"/worklist/cases/{case}").text
