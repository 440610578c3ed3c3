// One phone: the conversation of one shopper with the account.

import { act, call } from "./api.js";
import { lineElement, moment } from "./bubbles.js";
import { ask, h, icon, ICONS } from "./dom.js";

const SAMPLES = ["几点发货？", "我的订单到哪了", "可以退货吗", "有优惠券吗", "转人工"];
const EMOJI = [..."😀😄😂🙂😉😍😘😭😡😱😴🤔👍👎👏🙏💪🎉❤️🌹🎁🔥🍎🐟"].filter((sign) => sign !== "\ufe0f");
const TIME_GAP = 5 * 60_000;
const LINES_SHOWN = 300;
const TYPING_MS = 15_000;

export class Phone {
  /** `world` has account {name}, menu, now(); `onClose(phone)` takes the phone away. */
  constructor(person, world, onClose) {
    this.person = person;
    this.world = world;
    this.last = 0;
    this.lastAt = 0;
    this.onMenu = false;
    this.stick = true;
    this.build(onClose);
    this.update(person);
    this.showMenu(world.menu);
    this.tick();
  }

  build(onClose) {
    this.title = h("h2", { class: "phone-title" });
    this.clock = h("span", { class: "phone-clock" });
    this.list = h("ol", { class: "lines", role: "log", "aria-live": "polite", "aria-label": "聊天记录", tabIndex: 0 });
    this.list.addEventListener("scroll", () => {
      this.stick = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 120;
    });
    this.list.addEventListener("load", () => this.settle(), true); // a picture has grown to its size
    this.bar = h("div", { class: "bar" });
    this.drawer = h("div", { class: "drawer", hidden: true });
    this.popup = h("div", { class: "submenu", role: "menu", hidden: true });
    this.chips = h(
      "div",
      { class: "chips", role: "group", "aria-label": "常见问题" },
      ...SAMPLES.map((words) => h("button", { type: "button", onclick: () => this.say(words) }, words)),
    );
    this.input = h("textarea", {
      rows: 1,
      maxLength: 2000,
      "aria-label": "输入消息",
      enterKeyHint: "send",
      onkeydown: (event) => this.key(event),
      oninput: () => this.grow(),
      onfocus: () => this.closeDrawer(),
    });
    this.send = h("button", { type: "button", class: "send", hidden: true, onclick: () => this.sendInput() }, "发送");
    this.plus = this.iconButton("plus", "更多", () => this.toggleDrawer("more"));
    this.element = h(
      "article",
      { class: "phone", "data-shopper": this.person.id },
      h("div", { class: "status", "aria-hidden": "true" }, this.clock, (this.owner = h("span", { class: "island" })), h("span", { class: "battery" })),
      h(
        "div",
        { class: "nav" },
        this.iconButton("back", "收起这部手机", () => onClose(this)),
        this.title,
        this.iconButton("person", "公众号资料", () => this.profile()),
      ),
      this.list,
      this.chips,
      this.popup,
      this.bar,
      this.drawer,
    );
    this.element.addEventListener("click", (event) => {
      if (!event.target.closest(".submenu, .menu-button")) this.closePopup();
    });
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        this.closeDrawer();
        this.closePopup();
      }
    });
  }

  iconButton(name, label, onclick) {
    return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick }, icon(ICONS[name]));
  }

  /** The shopper's data have changed. */
  update(person) {
    this.person = person;
    this.owner.textContent = person.nickname;
    this.element.setAttribute("aria-label", `${person.nickname}的手机`);
    this.typing(person.typing);
    this.drawBar();
  }

  /** Whether the account shows that it is writing. */
  typing(on) {
    clearTimeout(this.typingTimer);
    if (on) this.typingTimer = setTimeout(() => this.typing(false), TYPING_MS);
    this.title.textContent = on ? "对方正在输入…" : this.world.account.name;
  }

  /** The account's menu has changed. */
  showMenu(menu) {
    this.menu = menu;
    this.onMenu &&= Boolean(menu);
    this.drawBar();
  }

  /** Append lines that are not shown yet. */
  add(lines) {
    let mine = false;
    for (const line of lines) {
      if (line.number <= this.last) continue;
      this.last = line.number;
      const at = new Date(line.at);
      if (at - this.lastAt > TIME_GAP || at < this.lastAt) {
        this.list.append(h("li", { class: "time" }, h("time", { dateTime: line.at }, moment(at, this.world.now()))));
      }
      this.lastAt = at;
      const names = { shopper: this.person.nickname, key: this.person.id, account: this.world.account.name };
      this.list.append(lineElement(line, names, { say: (words, menuId) => this.say(words, menuId) }));
      mine ||= line.direction === "said";
      if (line.direction === "heard") this.typing(false);
      if (line.content.event === "subscribe") this.person.following = true;
      if (line.content.event === "unsubscribe") this.person.following = false;
      if (line.kind === "event") this.drawBar();
    }
    while (this.list.childElementCount > LINES_SHOWN) this.list.firstElementChild.remove();
    if (mine) this.stick = true;
    requestAnimationFrame(() => this.settle());
  }

  /** Keep the newest line in view, unless the reader has scrolled back. */
  settle() {
    if (this.stick) this.list.scrollTop = this.list.scrollHeight;
  }

  /** Show the platform's time. */
  tick() {
    this.clock.textContent = moment(this.world.now(), this.world.now());
  }

  say(words, menuId) {
    const data = menuId === undefined ? { text: words } : { text: words, menu_id: menuId };
    return act(this.person.id, "say", data);
  }

  async sendInput() {
    const words = this.input.value.trim();
    if (!words) return;
    this.input.value = "";
    this.grow();
    this.input.focus();
    if ((await this.say(words)) === null && !this.input.value) {
      this.input.value = words;
      this.grow();
    }
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.sendInput();
    }
  }

  grow() {
    this.send.hidden = !this.input.value.trim();
    this.plus.hidden = !this.send.hidden;
    this.input.rows = Math.min(4, this.input.value.split("\n").length + Math.floor(this.input.value.length / 17));
  }

  drawBar() {
    this.closeDrawer();
    this.closePopup();
    const following = this.person.following;
    this.chips.hidden = !following;
    this.bar.className = following ? `bar ${this.onMenu ? "menu" : "write"}` : "bar join";
    if (!following) {
      this.bar.replaceChildren(
        h("button", { type: "button", class: "join-button", onclick: () => act(this.person.id, "follow") }, "关注公众号"),
      );
      return;
    }
    if (this.onMenu) {
      this.bar.replaceChildren(this.switcher("keyboard", "切换到键盘"), ...this.menu.button.map((button) => this.menuButton(button)));
      return;
    }
    this.bar.replaceChildren(
      ...(this.menu ? [this.switcher("menu", "切换到菜单")] : []),
      this.iconButton("voice", "发语音", () => this.voice()),
      this.input,
      this.iconButton("smile", "表情", () => this.toggleDrawer("emoji")),
      this.plus,
      this.send,
    );
    this.grow();
  }

  switcher(name, label) {
    const button = this.iconButton(name, label, () => {
      this.onMenu = !this.onMenu;
      this.drawBar();
      if (this.onMenu) this.bar.querySelector("button").focus();
      else this.input.focus();
    });
    button.classList.add("switcher");
    return button;
  }

  menuButton(button) {
    if (!button.sub_button) {
      return h("button", { type: "button", class: "menu-button", onclick: () => this.choose(button) }, button.name);
    }
    const opener = h(
      "button",
      { type: "button", class: "menu-button", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => this.openPopup(button, opener) },
      h("span", { class: "menu-mark", "aria-hidden": "true" }),
      button.name,
    );
    return opener;
  }

  openPopup(button, opener) {
    if (!this.popup.hidden && this.popup.dataset.of === button.name) return this.closePopup();
    this.closePopup();
    this.popup.dataset.of = button.name;
    this.popup.replaceChildren(
      ...button.sub_button.map((sub) =>
        h("button", { type: "button", role: "menuitem", onclick: () => this.choose(sub) }, sub.name),
      ),
    );
    this.popup.hidden = false;
    const middle = opener.offsetLeft + opener.offsetWidth / 2;
    const half = this.popup.offsetWidth / 2;
    const left = Math.min(Math.max(middle - half, 8), this.element.clientWidth - half * 2 - 8);
    this.popup.style.left = `${left}px`;
    this.popup.style.bottom = `${this.element.clientHeight - this.bar.offsetTop + 8}px`;
    opener.setAttribute("aria-expanded", "true");
    this.popup.querySelector("button").focus();
    return undefined;
  }

  closePopup() {
    this.popup.hidden = true;
    for (const opener of this.bar.querySelectorAll("[aria-expanded]")) opener.setAttribute("aria-expanded", "false");
  }

  choose(button) {
    this.closePopup();
    if (button.type === "view") act(this.person.id, "view", { url: button.url, name: button.name });
    else if (button.key) act(this.person.id, "click", { key: button.key, name: button.name });
  }

  toggleDrawer(kind) {
    if (!this.drawer.hidden && this.drawer.dataset.kind === kind) return this.closeDrawer();
    this.drawer.dataset.kind = kind;
    this.drawer.replaceChildren(...(kind === "emoji" ? this.emojiButtons() : this.moreButtons()));
    this.drawer.hidden = false;
    this.settle();
    return undefined;
  }

  closeDrawer() {
    this.drawer.hidden = true;
  }

  emojiButtons() {
    return EMOJI.map((sign) =>
      h(
        "button",
        {
          type: "button",
          class: "emoji",
          onclick: () => {
            this.input.setRangeText(sign, this.input.selectionStart, this.input.selectionEnd, "end");
            this.grow();
          },
        },
        sign,
      ),
    );
  }

  moreButtons() {
    const id = this.person.id;
    const things = [
      ["image", "照片", () => this.upload()],
      ["camera", "拍摄", () => act(id, "image")],
      ["mic", "语音", () => this.voice()],
      ["film", "视频", () => act(id, "video")],
      ["pin", "位置", () => this.place()],
      ["chain", "链接", () => this.share()],
      ["scan", "扫码", () => this.scan()],
      ["leave", "取消关注", () => act(id, "unfollow")],
    ];
    const pick = (action) => () => {
      this.closeDrawer();
      action();
    };
    return things.map(([name, label, action]) =>
      h("button", { type: "button", class: "thing", onclick: pick(action) }, h("span", { class: "tile" }, icon(ICONS[name])), h("span", {}, label)),
    );
  }

  upload() {
    const chooser = h("input", { type: "file", accept: "image/*" });
    chooser.addEventListener("change", () => {
      const form = new FormData();
      form.append("file", chooser.files[0]);
      act(this.person.id, "image", form);
    });
    chooser.click();
  }

  async voice() {
    const values = await ask("发一段语音", [
      { name: "recognition", label: "识别出的文字", placeholder: "留空：平台没有识别结果" },
      { name: "seconds", label: "时长（秒）", type: "number", value: "3" },
    ]);
    if (!values) return;
    const data = { seconds: Number(values.seconds) || 3 };
    if (values.recognition) data.recognition = values.recognition;
    act(this.person.id, "voice", data);
  }

  async place() {
    const values = await ask("发送位置", [
      { name: "label", label: "地点", value: "杭州市西湖区文三路 90 号" },
      { name: "latitude", label: "纬度", type: "number", value: "30.2741" },
      { name: "longitude", label: "经度", type: "number", value: "120.1551" },
    ]);
    if (!values) return;
    act(this.person.id, "location", {
      label: values.label,
      latitude: Number(values.latitude),
      longitude: Number(values.longitude),
    });
  }

  async share() {
    const values = await ask("分享链接", [
      { name: "title", label: "标题", value: "这款还有货吗？" },
      { name: "url", label: "网址", value: "https://shop.example.com/item/1001" },
    ]);
    if (values) act(this.person.id, "link", { title: values.title, url: values.url, description: values.url });
  }

  async scan() {
    const values = await ask("扫描带参数的二维码", [{ name: "scene", label: "场景值", value: "store_12" }]);
    if (values) act(this.person.id, this.person.following ? "scan" : "follow", { scene: values.scene });
  }

  async profile() {
    const { following, id } = this.person;
    const shopper = (await call("GET", `shoppers/${encodeURIComponent(id)}`)) ?? this.person;
    const values = await ask(
      this.world.account.name,
      [
        { fact: shopper.nickname, label: "顾客" },
        { fact: shopper.openid, label: "OpenID" },
        { fact: `${shopper.quota_left ?? 0} 条`, label: "公众号还可主动发" },
      ],
      following ? "取消关注" : "关注公众号",
    );
    if (values) act(id, following ? "unfollow" : "follow");
  }
}
