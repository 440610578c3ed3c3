// What lies over a chat when its data are asked for: who is in a group, and whose contact a customer is.

import { h } from "./dom.js";
import { face } from "./pieces.js";

const OUTSIDER = 2;
const button = (key, words, onclick, look = "") => h("button", { type: "button", class: `sheet-button ${look}`, "data-key": key, onclick }, words);

/** A group's data; `deeds` is {join(), remove(id), go(id), rename(), announce(), handOver(), dismiss()}. */
export function groupSheet(group, nameOf, deeds) {
  return [
    h(
      "section",
      {},
      h("h3", {}, `成员（${group.members.length}）`),
      h(
        "ul",
        { class: "sheet-people" },
        ...group.members.map((person) => {
          const owner = person.userid === group.owner;
          return h(
            "li",
            {},
            face(person.name, person.userid),
            h("span", {}, h("b", {}, person.name), h("small", {}, owner ? "群主" : person.type === OUTSIDER ? "顾客" : "同事")),
            ...(owner || group.dismissed
              ? []
              : [
                  button(`go ${person.userid}`, "退群", () => deeds.leave(person.userid, 0)),
                  button(`out ${person.userid}`, "移出", () => deeds.leave(person.userid, 1), "bad"),
                ]),
          );
        }),
      ),
      group.dismissed ? null : button("join", "＋ 让人进群", () => deeds.join(), "wide"),
    ),
    h(
      "section",
      {},
      facts(["群名", group.name], ["群主", nameOf(group.owner)], ["群公告", group.notice || "还没有"], ["群 ID", group.chat_id]),
      group.dismissed
        ? null
        : h(
            "div",
            { class: "sheet-row" },
            button("rename", "改名", () => deeds.rename()),
            button("announce", "发公告", () => deeds.announce()),
            button("owner", "换群主", () => deeds.handOver()),
            button("dismiss", "解散", () => deeds.dismiss(), "bad"),
          ),
    ),
  ];
}

/** A customer's data; `deeds` is {befriend(), edit(follow), remove(userid), leave(userid)}. */
export function customerSheet(customer, follows, nameOf, deeds) {
  return [
    h(
      "section",
      {},
      h("h3", {}, `加了 TA 的成员（${follows.length}）`),
      follows.length ? null : h("p", { class: "rooms-hint" }, "现在不是谁的好友。"),
      h(
        "ul",
        { class: "sheet-people" },
        ...follows.map((follow) =>
          h(
            "li",
            {},
            face(nameOf(follow.userid), follow.userid),
            h(
              "span",
              {},
              h("b", {}, nameOf(follow.userid)),
              h("small", {}, follow.alone ? "顾客已删除这位成员" : noted(follow)),
            ),
            button(`edit ${follow.userid}`, "备注", () => deeds.edit(follow)),
            follow.alone ? null : button(`leave ${follow.userid}`, "顾客删", () => deeds.unfollow(follow.userid), "bad"),
            button(`remove ${follow.userid}`, "成员删", () => deeds.remove(follow.userid), "bad"),
          ),
        ),
      ),
      button("befriend", "＋ 再加一位成员", () => deeds.befriend(), "wide"),
    ),
    h("section", {}, facts(["名字", customer.name], ["顾客 ID", customer.external_userid], ["unionid", customer.unionid])),
  ];
}

const noted = ({ remark, state }) => [`备注 ${remark || "无"}`, state && `渠道 ${state}`].filter(Boolean).join(" · ");

const facts = (...rows) =>
  h("dl", {}, ...rows.filter(([, words]) => words).map(([name, words]) => h("div", {}, h("dt", {}, name), h("dd", {}, words))));
