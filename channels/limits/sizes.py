"""Rows of the table of limits: how large the fields of 企业微信, 微信客服 and 公众号 may be."""

from __future__ import annotations

from channels.limits.rows import Beyond, Keeper, Scope, SizeLimit, Unit

_KB, _MB = 1024, 1024 * 1024
_SEND, _PULL = "cgi-bin/kf/send_msg", "cgi-bin/kf/sync_msg"
_SEND_PAGE, _PULL_PAGE = "WeCom 94677 发送消息", "WeCom 94670 读取消息"
_APP, _APP_PAGE = "cgi-bin/message/send", "WeCom 90236 发送应用消息"
_ROBOT, _ROBOT_PAGE = "cgi-bin/webhook/send", "WeCom 99110 消息推送配置说明"
_CHAT, _CHAT_PAGE = "cgi-bin/appchat", "WeCom 90245 创建群聊会话, 90248 应用推送消息"
_MASS, _MASS_PAGE = "cgi-bin/externalcontact/add_msg_template", "WeCom 92135 创建企业群发"
_WELCOME, _WELCOME_PAGE = "cgi-bin/externalcontact/send_welcome_msg", "WeCom 92137 发送新客户欢迎语"
_GROUP_WELCOME = "cgi-bin/externalcontact/group_welcome_template"
_GROUP_WELCOME_PAGE = "WeCom 92366 入群欢迎语素材管理"
_UPLOAD, _UPLOAD_PAGE = "cgi-bin/media/upload", "WeCom 90253 上传临时素材"
_AIBOT, _AIBOT_PAGE = "aibot", "WeCom 100719 智能机器人 接收消息, 101033 主动回复消息"
_LONG, _LONG_PAGE = "aibot_upload_media", "WeCom 101463 智能机器人 长连接"
_ACCOUNT_PAGE, _SERVICER_PAGE = "WeCom 94662 添加客服账号", "WeCom 94645 接待人员管理"


def _size(
    name: str,
    api: str,
    field: str,
    most: int,
    source: str,
    *errcodes: int,
    unit: Unit = Unit.BYTES,
    least: int = 0,
    beyond: Beyond = Beyond.REFUSED,
    kept_by: Keeper = Keeper.CLIENT,
) -> SizeLimit:
    return SizeLimit(
        name=name,
        api=api,
        field=field,
        most=most,
        least=least,
        unit=unit,
        scope=Scope.CALL,
        source=source,
        beyond=beyond,
        errcodes=errcodes,
        kept_by=kept_by,
    )


_ITEMS, _CHARACTERS = Unit.ITEMS, Unit.CHARACTERS
_PLANNER, _PLATFORM = Keeper.PLANNER, Keeper.PLATFORM

KEFU_TEXT = _size(
    "kefu.text", _SEND, "text.content", 2048, _SEND_PAGE, beyond=Beyond.TRUNCATED, kept_by=_PLANNER
)
KEFU_MSGID = _size("kefu.msgid", _SEND, "msgid ([0-9a-zA-Z_-])", 32, _SEND_PAGE, 40058)
KEFU_LINK_TITLE = _size("kefu.link.title", _SEND, "link.title", 128, _SEND_PAGE)
KEFU_LINK_DESC = _size("kefu.link.desc", _SEND, "link.desc", 512, _SEND_PAGE)
KEFU_LINK_URL = _size("kefu.link.url", _SEND, "link.url", 2048, _SEND_PAGE, kept_by=_PLATFORM)
KEFU_MINIPROGRAM_TITLE = _size("kefu.miniprogram.title", _SEND, "miniprogram.title", 64, _SEND_PAGE)
KEFU_MENU_HEAD = _size("kefu.menu.head", _SEND, "msgmenu.head_content", 1024, _SEND_PAGE)
KEFU_MENU_ITEMS = _size(
    "kefu.menu.items", _SEND, "msgmenu.list", 50, _SEND_PAGE, unit=_ITEMS, kept_by=_PLATFORM
)
KEFU_MENU_CHOICES = _size(
    "kefu.menu.choices",
    _SEND,
    "msgmenu.list: click, view and miniprogram",
    10,
    _SEND_PAGE,
    95008,
    unit=_ITEMS,
)
KEFU_CLICK_ID = _size("kefu.menu.click.id", _SEND, "msgmenu.list.click.id", 128, _SEND_PAGE, least=1)
KEFU_CLICK_CONTENT = _size(
    "kefu.menu.click.content", _SEND, "msgmenu.list.click.content", 128, _SEND_PAGE, least=1
)
KEFU_MENU_TEXT = _size(
    "kefu.menu.text", _SEND, "msgmenu.list.text.content", 256, _SEND_PAGE, kept_by=_PLATFORM
)

KEFU_CURSOR = _size("kefu.cursor", _PULL, "cursor", 64, _PULL_PAGE, kept_by=_PLATFORM)
KEFU_TOKEN = _size("kefu.token", _PULL, "token", 128, _PULL_PAGE, kept_by=_PLATFORM)
KEFU_PAGE = _size("kefu.page", _PULL, "limit", 1000, _PULL_PAGE, unit=_ITEMS)
KEFU_IMAGE_IN = _size(
    "kefu.in.image", _PULL, "image", 2 * _MB, _PULL_PAGE, beyond=Beyond.NOTICED, kept_by=_PLATFORM
)
KEFU_VOICE_IN = _size(
    "kefu.in.voice", _PULL, "voice", 2 * _MB, _PULL_PAGE, beyond=Beyond.NOTICED, kept_by=_PLATFORM
)
KEFU_VIDEO_IN = _size(
    "kefu.in.video", _PULL, "video", 10 * _MB, _PULL_PAGE, beyond=Beyond.NOTICED, kept_by=_PLATFORM
)
KEFU_FILE_IN = _size(
    "kefu.in.file", _PULL, "file", 20 * _MB, _PULL_PAGE, beyond=Beyond.NOTICED, kept_by=_PLATFORM
)
KEFU_ACCOUNT_NAME = _size(
    "kefu.account.name",
    "cgi-bin/kf/account/add",
    "name",
    16,
    _ACCOUNT_PAGE,
    95006,
    unit=_CHARACTERS,
    kept_by=_PLATFORM,
)
KEFU_ACCOUNT_PAGE = _size(
    "kefu.account.page", "cgi-bin/kf/account/list", "limit", 100, _ACCOUNT_PAGE, unit=_ITEMS
)
KEFU_SCENE = _size("kefu.scene", "cgi-bin/kf/add_contact_way", "scene", 32, "WeCom 94665 获取客服账号链接")
KEFU_SCENE_PARAM = _size(
    "kefu.scene_param", "cgi-bin/kf/add_contact_way", "scene_param", 128, "WeCom 94665 获取客服账号链接"
)
KEFU_SERVICERS = _size(
    "kefu.servicers",
    "cgi-bin/kf/servicer/add",
    "userid_list",
    100,
    _SERVICER_PAGE,
    unit=_ITEMS,
    kept_by=_PLATFORM,
)
KEFU_DEPARTMENTS = _size(
    "kefu.departments",
    "cgi-bin/kf/servicer/add",
    "department_id_list",
    20,
    _SERVICER_PAGE,
    unit=_ITEMS,
    kept_by=_PLATFORM,
)
KEFU_SERVICERS_IN_ALL = _size(
    "kefu.servicers_in_all",
    "cgi-bin/kf/servicer/add",
    "servicers of one account",
    2000,
    _SERVICER_PAGE,
    unit=_ITEMS,
    kept_by=_PLATFORM,
)
KEFU_CUSTOMERS = _size(
    "kefu.customers",
    "cgi-bin/kf/customer/batchget",
    "external_userid_list",
    100,
    "WeCom 95159 获取客户基础信息",
    unit=_ITEMS,
)

APP_TEXT = _size("app.text", _APP, "text.content", 2048, _APP_PAGE, 45002, beyond=Beyond.TRUNCATED)
APP_MARKDOWN = _size("app.markdown", _APP, "markdown.content", 2048, _APP_PAGE, 45002, kept_by=_PLATFORM)
APP_USERS = _size("app.users", _APP, "touser", 1000, _APP_PAGE, unit=_ITEMS, kept_by=_PLATFORM)
APP_PARTIES = _size("app.parties", _APP, "toparty", 100, _APP_PAGE, unit=_ITEMS, kept_by=_PLATFORM)
APP_TAGS = _size("app.tags", _APP, "totag", 100, _APP_PAGE, unit=_ITEMS, kept_by=_PLATFORM)
CARD_TASK_ID = _size(
    "app.card.task_id", _APP, "template_card.task_id ([0-9a-zA-Z_-@])", 128, _APP_PAGE, least=1
)
CARD_BUTTONS = _size("app.card.buttons", _APP, "template_card.button_list", 6, _APP_PAGE, unit=_ITEMS)
CARD_BUTTON_KEY = _size("app.card.button.key", _APP, "template_card.button_list.key", 1024, _APP_PAGE)
CARD_CHECKBOX = _size(
    "app.card.checkbox",
    _APP,
    "template_card.checkbox.option_list",
    20,
    _APP_PAGE,
    unit=_ITEMS,
    kept_by=_PLATFORM,
)
CARD_SELECTS = _size(
    "app.card.selects", _APP, "template_card.select_list", 3, _APP_PAGE, unit=_ITEMS, kept_by=_PLATFORM
)
CARD_OPTIONS = _size(
    "app.card.options",
    _APP,
    "template_card.select_list.option_list",
    10,
    _APP_PAGE,
    unit=_ITEMS,
    kept_by=_PLATFORM,
)

UPLOAD_LEAST = 6
"""The platform wants more than five bytes."""
UPLOAD_IMAGE = _size("upload.image", _UPLOAD, "image", 10 * _MB, _UPLOAD_PAGE, 40006, least=UPLOAD_LEAST)
UPLOAD_VOICE = _size(
    "upload.voice", _UPLOAD, "voice (AMR, 60 s)", 2 * _MB, _UPLOAD_PAGE, 40006, least=UPLOAD_LEAST
)
UPLOAD_VIDEO = _size("upload.video", _UPLOAD, "video", 10 * _MB, _UPLOAD_PAGE, 40006, least=UPLOAD_LEAST)
UPLOAD_FILE = _size("upload.file", _UPLOAD, "file", 20 * _MB, _UPLOAD_PAGE, 40006, least=UPLOAD_LEAST)

ROBOT_TEXT = _size("robot.text", _ROBOT, "text.content", 2048, _ROBOT_PAGE)
ROBOT_MARKDOWN = _size("robot.markdown", _ROBOT, "markdown.content, markdown_v2.content", 4096, _ROBOT_PAGE)
ROBOT_IMAGE = _size("robot.image", _ROBOT, "image before base64", 2 * _MB, _ROBOT_PAGE)
ROBOT_ARTICLES = _size("robot.news", _ROBOT, "news.articles", 8, _ROBOT_PAGE, unit=_ITEMS, least=1)
ROBOT_TITLE = _size("robot.news.title", _ROBOT, "news.articles.title", 128, _ROBOT_PAGE, least=1)
ROBOT_DESCRIPTION = _size("robot.news.description", _ROBOT, "news.articles.description", 512, _ROBOT_PAGE)
ROBOT_FILE = _size(
    "robot.file", "cgi-bin/webhook/upload_media", "file", 20 * _MB, _ROBOT_PAGE, 40006, least=UPLOAD_LEAST
)
ROBOT_VOICE = _size(
    "robot.voice",
    "cgi-bin/webhook/upload_media",
    "voice (AMR, 60 s)",
    2 * _MB,
    _ROBOT_PAGE,
    40006,
    least=UPLOAD_LEAST,
)

APPCHAT_NAME = _size("appchat.name", _CHAT + "/create", "name", 50, _CHAT_PAGE, unit=_CHARACTERS)
APPCHAT_MEMBERS = _size(
    "appchat.members", _CHAT + "/create", "userlist", 2000, _CHAT_PAGE, unit=_ITEMS, least=2
)
APPCHAT_ID = _size("appchat.id", _CHAT + "/create", "chatid ([0-9a-zA-Z])", 32, _CHAT_PAGE)
APPCHAT_TEXT = _size("appchat.text", _CHAT + "/send", "text.content", 2048, _CHAT_PAGE)
APPCHAT_MARKDOWN = _size("appchat.markdown", _CHAT + "/send", "markdown.content", 2048, _CHAT_PAGE)

MASS_TEXT = _size("mass.text", _MASS, "text.content", 4000, _MASS_PAGE)
MASS_ATTACHMENTS = _size("mass.attachments", _MASS, "attachments", 9, _MASS_PAGE, unit=_ITEMS)
MASS_CUSTOMERS = _size("mass.customers", _MASS, "external_userid", 10_000, _MASS_PAGE, unit=_ITEMS)
MASS_CHATS = _size("mass.chats", _MASS, "chat_id_list", 2000, _MASS_PAGE, unit=_ITEMS)
ATTACHED_LINK_TITLE = _size("mass.link.title", _MASS, "attachments.link.title", 128, _MASS_PAGE, least=1)
ATTACHED_LINK_DESC = _size("mass.link.desc", _MASS, "attachments.link.desc", 512, _MASS_PAGE)
ATTACHED_LINK_URL = _size("mass.link.url", _MASS, "attachments.link.url", 2048, _MASS_PAGE, least=1)
ATTACHED_MINIPROGRAM_TITLE = _size(
    "mass.miniprogram.title", _MASS, "attachments.miniprogram.title", 64, _MASS_PAGE, least=1
)
WELCOME_TEXT = _size("welcome.text", _WELCOME, "text.content", 4000, _WELCOME_PAGE)
WELCOME_ATTACHMENTS = _size("welcome.attachments", _WELCOME, "attachments", 9, _WELCOME_PAGE, unit=_ITEMS)
GROUP_WELCOME_TEXT = _size("group_welcome.text", _GROUP_WELCOME, "text.content", 3000, _GROUP_WELCOME_PAGE)
GROUP_WELCOME_TEMPLATES = _size(
    "group_welcome.templates",
    _GROUP_WELCOME,
    "templates of the corp",
    100,
    _GROUP_WELCOME_PAGE,
    unit=_ITEMS,
    kept_by=_PLATFORM,
)
GROUP_OWNERS = _size(
    "groups.owners",
    "cgi-bin/externalcontact/groupchat/list",
    "owner_filter.userid_list",
    100,
    "WeCom 92120 获取客户群列表",
    unit=_ITEMS,
)
GROUP_PAGE = _size(
    "groups.page",
    "cgi-bin/externalcontact/groupchat/list",
    "limit",
    1000,
    "WeCom 92120 获取客户群列表",
    unit=_ITEMS,
    least=1,
)
CONTACT_FOLLOWERS = _size(
    "contact.followers",
    "cgi-bin/externalcontact/get",
    "follow_user of one page",
    500,
    "WeCom 92114 获取客户详情",
    unit=_ITEMS,
    kept_by=_PLATFORM,
)

AIBOT_CONTENT = _size("aibot.content", _AIBOT, "stream.content, markdown.content", 20_480, _AIBOT_PAGE)
AIBOT_IMAGES = _size(
    "aibot.images", _AIBOT, "stream.msg_item", 10, _AIBOT_PAGE, unit=_ITEMS, kept_by=_PLATFORM
)
AIBOT_IMAGE = _size("aibot.image", _AIBOT, "stream.msg_item.image", 10 * _MB, _AIBOT_PAGE, kept_by=_PLATFORM)
AIBOT_FEEDBACK = _size("aibot.feedback", _AIBOT, "stream.feedback.id", 256, _AIBOT_PAGE, kept_by=_PLATFORM)
AIBOT_IN_FLIGHT = _size(
    "aibot.in_flight",
    _AIBOT,
    "messages of one person being answered",
    3,
    _AIBOT_PAGE,
    unit=_ITEMS,
    kept_by=_PLATFORM,
)
AIBOT_MEDIA = _size(
    "aibot.media", _AIBOT, "image, file, video from the person", 100 * _MB, _AIBOT_PAGE, kept_by=_PLATFORM
)
AIBOT_CHUNK = _size("aibot.chunk", _LONG, "one chunk", 512 * _KB, _LONG_PAGE, kept_by=_PLATFORM)
AIBOT_CHUNKS = _size("aibot.chunks", _LONG, "chunks", 100, _LONG_PAGE, unit=_ITEMS, kept_by=_PLATFORM)

OFFICIAL_TEXT = _size(
    "official.text",
    "cgi-bin/message/custom/send",
    "text.content",
    2048,
    "公众号 客服消息",
    45002,
    kept_by=_PLANNER,
)
OFFICIAL_NEWS = _size(
    "official.news",
    "cgi-bin/message/custom/send",
    "news.articles",
    1,
    "公众号 客服消息 (api_sendcustommessage)",
    45008,
    unit=_ITEMS,
    kept_by=_PLATFORM,
)
OFFICIAL_TEMPLATES = _size(
    "official.templates",
    "cgi-bin/message/template/send",
    "templates of the account",
    25,
    "公众号 模板消息 (template)",
    unit=_ITEMS,
    kept_by=_PLATFORM,
)

SIZES: tuple[SizeLimit, ...] = tuple(row for row in list(globals().values()) if isinstance(row, SizeLimit))
