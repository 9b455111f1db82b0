// A roster with a few people, as the server sends one, for the tests of what is decided by it.

export const NOON = Date.parse("2026-11-20T11:48:00+08:00");
export const VERSION = `${Date.parse("2026-11-20T11:30:00+08:00")}-2026-11-20`;
export const COLUMNS = [
  "id", "card", "name", "birth_year", "age", "birthday_on", "hukou", "residence", "income", "ability", "living", "status", "card_state",
  "points_fen", "balance_fen", "expiring", "month", "meals",
];
export const CARD = "6021000000000000018";
export const RULES = {
  document_id: 3, sale_at_most_fen: 3000, pending_sales: 300, pending_fen: 400_000, warn_after_minutes: 60, roster_hours: 24, unknown_percent: 50,
  clock_jump_seconds: 120,
};
const when = { age_from: null, age_until: null, income: [], ability: [], living: [], hukou: null, residence: null };
const band = { pays_percent: null, off_fen: null, pays_fen: null, minimum_bill_fen: 0, off_at_most_fen: null, price_cap_fen: null, set_meal_at_most_fen: null, payers: [] };
export const TERMS = {
  document_id: 1, area_code: "330100", windows: [{ name: "lunch", from_minute: 600, until_minute: 810 }, { name: "dinner", from_minute: 960, until_minute: 1140 }],
  bands: [{ ...band, when: { ...when, age_from: 80 }, pays_percent: 50, off_at_most_fen: 800 }, { ...band, when: { ...when, age_from: 60 }, pays_percent: 90 }],
  payers: [{ payer: "city", percent: 40, remainder: false }, { payer: "district", percent: 60, remainder: true }],
  limits: [{ per: "window", subsidised: 1, public_fen: null, partial: "rest" }, { per: "day", subsidised: 2, public_fen: null, partial: "rest" }],
  rounding: { unit_fen: 1, mode: "half_up" }, points: { may_pay_percent: 100, of: "guest" },
};
export const MEAL = { id: 7, name: "A 套餐", name_en: "Set meal A", price_fen: 1600, kind: "set_meal", default: true, contents: "", sold_out: false };

/** One row: an 82 year old with points, unless said otherwise. */
export function row(about = {}) {
  const person = {
    id: 41, card: CARD, name: "王*英", birth_year: 1944, age: 82, birthday_on: null, hukou: "330105011", residence: "330105011", income: "none", ability: null,
    living: null, status: "active", card_state: "issued", points_fen: 10_000, balance_fen: 10_000, expiring: null, month: [0, 0], meals: [], ...about,
  };
  return COLUMNS.map((name) => person[name]);
}

/** A whole roster of 20 November 2026, of a till that is number 1. */
export function content({ people = [row()], ...about } = {}) {
  return {
    version: VERSION, server_time: "2026-11-20T11:30:00+08:00", full: true, on: "2026-11-20", till: { id: 5, number: 1, device: 1 },
    canteen: { id: 2, name: "文晖一食堂", name_en: "Wenhui First Canteen", area_code: "330105011", licence_expires_on: "2027-12-31", agreement_expires_on: "2027-12-31" },
    days: ["2026-11-20", "2026-11-21", "2026-11-22"].map((on) => ({ on, open: true, terms: 0, items: [MEAL] })),
    terms: [{ valid_from: "2026-01-01", valid_until: null, terms: TERMS }],
    sale_rules: { document_id: 2, upload_within_hours: 24, manager_reversal_days: 30, refund_grace_days: 7 }, till_rules: RULES, keys: [], columns: COLUMNS,
    people, gone: [], ...about,
  };
}
