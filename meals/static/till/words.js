// Every word on the screen: texts in the user's language, money, times and names.

const ZONE = "Asia/Shanghai";

export class Words {
  constructor({ texts, language }) {
    this.texts = texts;
    this.language = language;
    this.isChinese = language.startsWith("zh");
    this.nameLang = this.isChinese ? null : "zh-CN"; // names stay as they are
    const clock = { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    this.clock = new Intl.DateTimeFormat("en-GB", clock);
  }

  /** The text of a key, with its %(name)s filled in. */
  tell(key, params = {}) {
    const text = this.texts[key];
    if (text === undefined) throw new Error(`no text for ${key}`);
    return text.replace(/%\((\w+)\)s/g, (_, name) => params[name] ?? "");
  }

  /** A text as a list, with nodes where its %(name)s stand. */
  compose(key, nodes) {
    return this.texts[key].split(/(%\(\w+\)s)/).filter(Boolean).map((part) => {
      const name = /^%\((\w+)\)s$/.exec(part)?.[1];
      return name ? nodes[name] : part;
    });
  }

  /** The first of these keys that has a text. */
  tellFirst(keys, params) {
    return this.tell(keys.find((key) => key in this.texts) ?? keys.at(-1), params);
  }

  /** Of {zh, en}, what the reader reads. */
  pick(both) {
    if (!both || typeof both === "string") return both || "";
    return (this.isChinese ? both.zh : both.en) ?? both.zh ?? "";
  }

  /** The name of a dish, and the language it is in. */
  dish(item) {
    const isEnglish = !this.isChinese && item.name_en;
    return { text: isEnglish ? item.name_en : item.name, lang: isEnglish ? null : this.nameLang };
  }

  time(moment) {
    return this.clock.format(new Date(moment));
  }

  /** An interval in hours and minutes: "1 小时 12 分". */
  span(ms) {
    const minutes = Math.max(0, Math.ceil(ms / 60_000));
    const params = { hours: Math.floor(minutes / 60), minutes: minutes % 60 };
    return this.tell(params.hours ? "span.hours" : "span.minutes", params);
  }
}

/** Fen as yuan with two decimals and no unit. */
export const yuan = (fen) => `${fen < 0 ? "-" : ""}${Math.floor(Math.abs(fen) / 100)}.${String(Math.abs(fen) % 100).padStart(2, "0")}`;

/** Digits in groups of four, as they are printed on a card. */
export const inFours = (digits) => String(digits).replace(/(\d{4})(?=\d)/g, "$1 ");
