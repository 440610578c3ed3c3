// What people do with customer groups and contacts, asked for in a dialog and done through the control API.

import { ask, toast } from "./dom.js";

const NAMES = ["王女士", "李先生", "赵小姐", "陈阿姨", "周同学", "吴大叔", "孙姐", "郑老师"];
const JOINS = [
  ["3", "扫群二维码"],
  ["0", "被邀请"],
];

export class GroupDeeds {
  /** `call` of the control API, `data()` as last fetched, `open(room)` shows a chat, `done()` asks for fresh data. */
  constructor({ call, data, open, done }) {
    this.call = call;
    this.data = data;
    this.open = open;
    this.done = done;
  }

  /** One act; resolves to its result, or null when it was refused. */
  async act(name, body) {
    const answer = await this.call("POST", "contacts/acts", { act: name, ...body });
    this.done();
    return answer ? answer.results[0] : null;
  }

  async setRule(rule) {
    await this.call("PATCH", "contacts", { mass_rule: rule });
    this.done();
  }

  async createGroup() {
    const members = this.members();
    if (!members) return;
    const values = await ask("新建客户群", [
      { name: "name", label: "群名", value: `会员群 ${this.data().groups.length + 1}` },
      { name: "owner", label: "群主", options: members },
    ]);
    if (!values) return;
    const made = await this.act("group-create", { owner: values.owner, name: values.name.trim() || "客户群" });
    if (made) await this.open(`group:${made.chat_id}`);
  }

  /** A member and a customer become contacts; without a customer a new one. */
  async befriend(customer) {
    const members = this.members();
    if (!members) return;
    const values = await ask(customer ? `加「${customer.name}」为好友` : "新顾客加好友", [
      ...(customer ? [] : [{ name: "name", label: "顾客的名字", value: this.freshName() }]),
      { name: "userid", label: "哪位成员", options: members },
      { name: "state", label: "渠道（state）", placeholder: "可以不填" },
    ]);
    if (!values) return;
    const person = customer ? { external_userid: customer.external_userid } : { name: values.name.trim() || "微信用户" };
    const done = await this.act("add", { userid: values.userid, ...person, ...(values.state.trim() ? { state: values.state.trim() } : {}) });
    if (done) await this.open(`customer:${done.external_userid}`);
  }

  /** What can be done with a group. */
  ofGroup(group) {
    const chat_id = group.chat_id;
    return {
      join: () => this.join(group),
      leave: (person, scene) => this.act("group-leave", { chat_id, people: [person], scene }),
      rename: () => this.change("改名", "群名", group.name, (name) => this.act("group-rename", { chat_id, name })),
      announce: () => this.change("发公告", "群公告", group.notice, (notice) => this.act("group-notice", { chat_id, notice })),
      handOver: () => this.handOver(group),
      dismiss: async () => {
        const sure = await ask(`解散「${group.name}」？`, [{ fact: "解散后不能恢复", label: "提醒" }], "解散");
        if (sure) await this.act("group-dismiss", { chat_id });
      },
    };
  }

  /** What can be done with a customer. */
  ofCustomer(customer) {
    const external_userid = customer.external_userid;
    return {
      befriend: () => this.befriend(customer),
      edit: (follow) => this.change("改备注", "备注", follow.remark, (remark) => this.act("edit", { userid: follow.userid, external_userid, remark })),
      remove: (userid) => this.act("delete", { userid, external_userid }),
      unfollow: (userid) => this.act("unfollow", { userid, external_userid }),
    };
  }

  async change(title, label, value, take) {
    const values = await ask(title, [{ name: "words", label, value }]);
    const words = values?.words.trim();
    if (words) await take(words);
  }

  async join(group) {
    const inside = new Set(group.members.map((person) => person.userid));
    const { customers, members } = this.data();
    const outside = [
      ...customers.map((customer) => [customer.external_userid, customer.name]),
      ...members.map((member) => [member.userid, `${member.name}（同事）`]),
    ].filter(([id]) => !inside.has(id));
    const values = await ask("让人进群", [
      { name: "person", label: "谁", options: [["", "新顾客"], ...outside], value: outside[0]?.[0] ?? "" },
      { name: "name", label: "新顾客的名字", value: this.freshName() },
      { name: "scene", label: "怎么进来", options: JOINS },
    ]);
    if (!values) return;
    const stranger = { people: [`wm${crypto.randomUUID().replaceAll("-", "")}`], name: values.name.trim() || this.freshName() };
    const who = values.person ? { people: [values.person] } : stranger;
    await this.act("group-join", { chat_id: group.chat_id, ...who, scene: Number(values.scene) });
  }

  async handOver(group) {
    const staff = group.members.filter((person) => person.type === 1 && person.userid !== group.owner);
    if (!staff.length) {
      toast("先让另一位同事进群，才能换群主");
      return;
    }
    const values = await ask("换群主", [{ name: "owner", label: "新群主", options: staff.map((person) => [person.userid, person.name]) }]);
    if (values) await this.act("group-owner", { chat_id: group.chat_id, owner: values.owner });
  }

  members() {
    const members = (this.data()?.members ?? []).map((member) => [member.userid, member.name]);
    if (members.length) return members;
    toast("先到「员工与企业微信」加一位成员");
    return null;
  }

  freshName() {
    const used = new Set(this.data().customers.map((customer) => customer.name));
    return NAMES.find((name) => !used.has(name)) ?? `顾客 ${used.size + 1}`;
  }
}
