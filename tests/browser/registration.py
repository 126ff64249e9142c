"""What an applicant does with a phone, from the announcement to the receipt."""

from playwright.sync_api import Page, expect

from tests.process.recruitment import id_number
from tests.visitor import PASSWORD
from tests.web.applicant.people import picture

PHONE = "13955556666"
NAME = "王芳"
WIDEST = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def open_account(page: Page, campaign: str) -> None:
    """From the announcement to an account of one's own."""
    page.goto(f"/announcements/{campaign}")
    page.get_by_role("link", name="我要报名").click()
    page.get_by_role("link", name="注册报名账号").click()
    page.get_by_label("姓名").fill(NAME)
    page.get_by_label("手机号码").fill(PHONE)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输入一次密码").fill(PASSWORD)
    page.get_by_label("我已阅读并同意").check()
    page.get_by_role("button", name="注册并登录").click()


def choose_post(page: Page, name: str) -> None:
    """Step 1."""
    expect(page.locator("h1")).to_have_text("选择岗位")
    page.get_by_label(name).check()
    go_on(page, "保存，填写个人信息")


def fill_person(page: Page) -> None:
    """Step 2."""
    page.get_by_label("身份证号").fill(id_number(502))
    page.get_by_label("手机号码").fill(PHONE)
    page.get_by_label("紧急联系电话").fill("13955550000")
    page.get_by_label("民族").select_option("汉族")
    page.get_by_label("政治面貌").select_option("masses")
    page.get_by_label("户籍在本地", exact=True).check()
    page.get_by_label("户籍所在地").fill("清溪县东门街道")
    page.get_by_label("现居住地址").fill("东门街 1 号")
    expect(page.get_by_label("入党时间")).to_be_hidden()
    go_on(page, "保存，下一步")


def fill_background(page: Page) -> None:
    """Step 3, with a school that is not written out."""
    page.get_by_label("最高学历").select_option("bachelor")
    page.get_by_label("毕业院校").fill("江师大")
    page.get_by_label("专业", exact=True).fill("社会工作")
    page.get_by_label("毕业时间").fill("20200630")
    page.get_by_label("学习和工作简历").fill("2016-09 至 2020-06 江海师范大学 学生")
    go_on(page, "保存，下一步")


def upload(page: Page) -> None:
    """Step 4: the portrait is cropped, documents are compressed before they travel."""
    photo = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture((1200, 1600)).getvalue()}
    page.locator("#photo input[type=file]").set_input_files(photo)
    page.get_by_role("button", name="用这张照片").click()
    expect(page.locator("#photo [data-photo-status]")).to_contain_text("已裁剪压缩为")
    page.get_by_role("button", name="上传证件照片").click()
    expect(page.locator("#messages")).to_contain_text("KB")
    proofs = {"id_front": "身份证（人像面）", "id_back": "身份证（国徽面）", "diploma": "学历（学位）证书"}
    for kind, label in proofs.items():
        scan = {"name": f"{kind}.jpg", "mimeType": "image/jpeg", "buffer": picture((900, 600)).getvalue()}
        page.locator(f"#{kind} input[type=file]").set_input_files(scan)
        expect(page.locator(f"#{kind} [data-document-preview]")).to_be_visible()
        page.get_by_role("button", name=f"上传{label}").click()
        expect(page.locator(f"#{kind}")).to_contain_text("已上传")
    fits(page)
    page.get_by_role("link", name="下一步，核对与承诺").click()


def hand_in(page: Page) -> None:
    """Step 5."""
    expect(page.locator("h1")).to_have_text("核对与承诺")
    page.wait_for_load_state()
    for box in page.locator("input[name=declarations]").all():
        box.check()
    page.locator("input[name=consent]").check()
    page.locator("input[name=pledge]").check()
    fits(page)
    page.locator("form[data-draft] button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("报名已提交")


def mend_school(page: Page) -> None:
    """What the reviewer remarked stands beside the answer; it is mended and handed in again."""
    expect(page.get_by_text("现在请您：补正报名表")).to_be_visible()
    page.get_by_role("link", name="去补正").click()
    expect(page.locator(".answers .remark")).to_contain_text("请写全称")
    page.get_by_role("link", name="修改学历与经历").click()
    page.get_by_label("毕业院校").fill("江海师范大学")
    page.get_by_role("button", name="保存，下一步").click()
    page.get_by_role("link", name="下一步，核对与承诺").click()
    hand_in(page)


def go_on(page: Page, label: str) -> None:
    """To the next step."""
    fits(page)
    page.get_by_role("button", name=label).click()


def fits(page: Page) -> None:
    """Nothing has to be scrolled sideways on a small phone."""
    assert page.evaluate(WIDEST) == 0
