// Puts a decision into words, Chinese and English side by side, as meals/wording.py does: a till that decides by itself
// tells the guest the same sentences, and its receipt keeps both languages. Both are held together by one set of cases.

import { yuan } from "./words.js";

const both = (zh, en) => ({ zh, en });

const MEALS = { breakfast: both("早餐", "Breakfast"), lunch: both("午餐", "Lunch"), dinner: both("晚餐", "Dinner") };
const PAYERS = {
  city: both("市", "city"), district: both("区", "district"), street: both("街道", "street"),
  community: both("社区", "community"), charity: both("慈善", "charity"), concession: both("食堂让利", "canteen"),
};
const PERIODS = { window: both("这一餐", "this meal"), day: both("今天", "today"), month: both("这个月", "this month") };
const INCOMES = {
  destitute: both("特困", "destitute"), low_income: both("低保", "minimum living allowance"), low_margin: both("低边", "low income"),
  hardship: both("支出型困难", "hardship by expenses"), none: both("无", "no income class"),
};
const LIVINGS = { alone: both("独居", "living alone"), empty_nest: both("空巢", "empty nest"), with_family: both("与家人同住", "with family") };
const DIGITS = [..."零一二三四五六七八九"];

/** The names of meals, for a menu that the till makes by itself. */
export const MEAL_NAMES = MEALS;

/** Tell a decision: first one line that adds up, then what is behind it, then who bears what. */
export function explain(reasons) {
  const behind = reasons.map(({ code, params }) => TOLD[code]?.(params)).filter(Boolean);
  const lines = [summary(reasons), ...behind, ...paidBy(reasons)];
  return both(lines.map((line) => line.zh), lines.map((line) => line.en));
}

/** Name the band that a decision used; null without one. */
export function tierOf(reasons) {
  const used = reasons.find(({ code }) => code === "tier");
  return used ? bandWords(used.params) : null;
}

const joined = (parts) => both(parts.map(({ zh }) => zh).join("，"), parts.map(({ en }) => en).join(", "));

function summary(reasons) {
  const found = Object.fromEntries(reasons.map(({ code, params }) => [code, params]));
  const priceFen = found.price.price_fen;
  const [pointsFen, cashFen] = [found.points.points_fen, found.cash.cash_fen];
  const price = both(`原价 ${yuan(priceFen)} 元`, `Price ${yuan(priceFen)} yuan`);
  return joined([price, off(found, priceFen, priceFen - pointsFen - cashFen), ...paid(pointsFen, cashFen)]);
}

/** What comes off. Half off needs no amount; what was cut to a cap is told without the percentage. */
function off(found, priceFen, offFen) {
  if (offFen === 0) return both("没有补贴", "no subsidy");
  const percent = found.pays_percent?.percent ?? null;
  if (offFen === priceFen) return both("全免", "free");
  if (percent === 50 && offFen * 2 === priceFen) return both("补一半", "half off");
  const amount = both(`补 ${yuan(offFen)}`, `${yuan(offFen)} off`);
  if (percent === null || found.off_capped || found.cap_cut || found.counted) return amount;
  const words = discountWords(percent);
  return both(percent >= 10 ? `打${words.zh}，${amount.zh}` : amount.zh, `${words.en} (${yuan(offFen)})`);
}

/** A share that the guest pays as the counter says it: 85 is 八五折. */
function discountWords(percent) {
  if (percent === 0) return both("全免", "free");
  if (percent < 10) return both(`付 ${percent}%`, `${100 - percent}% off`);
  if (percent >= 100) return both("不打折", "full price");
  const [tens, ones] = [Math.floor(percent / 10), percent % 10];
  return both(`${DIGITS[tens]}${ones ? DIGITS[ones] : ""}折`, `${100 - percent}% off`);
}

function paid(pointsFen, cashFen) {
  const parts = [];
  if (pointsFen) parts.push(both(`用分 ${yuan(pointsFen)}`, `${yuan(pointsFen)} by points`));
  if (cashFen) parts.push(both(`付现金 ${yuan(cashFen)}`, `${yuan(cashFen)} in cash`));
  return parts.length ? parts : [both("不用付钱", "nothing to pay")];
}

function paidBy(reasons) {
  const shares = reasons.filter(({ code }) => code === "share").map(({ params }) => params);
  if (!shares.length) return [];
  const listed = joined(shares.map(({ payer, amount_fen: fen }) => both(`${PAYERS[payer].zh} ${yuan(fen)}`, `${PAYERS[payer].en} ${yuan(fen)}`)));
  return [both(`补贴：${listed.zh}`, `Subsidy: ${listed.en}`)];
}

// ---- for whom a band is

function bandWords(facts) {
  const parts = [
    ...ages(facts.age_from, facts.age_until), ...classes(facts.income, INCOMES), ...abilities(facts.ability ?? []), ...classes(facts.living, LIVINGS),
    ...(facts.hukou ? [both("户籍在本地", "local hukou")] : []), ...(facts.residence ? [both("住在本地", "living here")] : []),
  ];
  return parts.length ? joined(parts) : both("所有人", "everyone");
}

function ages(from, until) {
  if (from && until) return [both(`${from} 到 ${until - 1} 岁`, `${from} to ${until - 1}`)];
  if (from) return [both(`${from} 岁以上`, `${from} and over`)];
  return until ? [both(`不满 ${until} 岁`, `under ${until}`)] : [];
}

function classes(codes = [], words) {
  const known = Object.keys(words).filter((code) => codes.includes(code)).map((code) => words[code]);
  return known.length ? [both(known.map(({ zh }) => zh).join("、"), known.map(({ en }) => en).join(" or "))] : [];
}

const abilities = (levels) => (levels.length ? [both(`能力等级 ${levels.join("、")}`, `ability level ${levels.join(" or ")}`)] : []);

// ---- steps of a decision

function tier(params) {
  const label = bandWords(params);
  return both(`${params.age} 岁，按「${label.zh}」补`, `Aged ${params.age}, tier “${label.en}”`);
}

function counted({ counted_fen: fen, kind }) {
  const amount = yuan(fen);
  return kind === "set_meal"
    ? both(`只补套餐 ${amount} 元`, `Only the set meal of ${amount} yuan counts`)
    : both(`按其中 ${amount} 元算补贴`, `${amount} yuan of it count`);
}

function offFixed({ minimum_fen: minimumFen, off_fen: offFen }) {
  if (!minimumFen) return null;
  return both(`满 ${yuan(minimumFen)} 元补 ${yuan(offFen)} 元`, `From ${yuan(minimumFen)} yuan on, ${yuan(offFen)} off`);
}

function capCut({ per, left_fen: leftFen }) {
  return both(`${PERIODS[per].zh}的补贴只剩 ${yuan(leftFen)} 元`, `Only ${yuan(leftFen)} yuan of subsidy was left for ${PERIODS[per].en}`);
}

function pointsLimited({ percent, of }) {
  if (percent === 0) return both("这里吃饭不能用分", "Points cannot pay for meals here");
  if (of === "price") return both(`分最多付原价的 ${percent}%`, `Points may pay ${percent}% of the price`);
  return both(`分最多付自付部分的 ${percent}%`, `Points may pay ${percent}% of the guest's part`);
}

function pointsShort({ available_fen: availableFen }) {
  if (availableFen === 0) return both("没有可用的分，付现金", "No points to use, so cash");
  return both("可用的分已用完，其余付现金", "All usable points used, the rest in cash");
}

// ---- why there is no subsidy

function countUsed(params) {
  const used = usedUp(params);
  if (!("at" in params)) return used;
  const till = params.till ? ` ${params.till} 号台` : "";
  const place = [params.at, params.here ? "" : params.canteen, params.till ? `till ${params.till}` : ""].filter(Boolean).join(", ");
  return both(`${used.zh}。${params.at} 在${params.here ? "本食堂" : params.canteen}${till}`, `${used.en}, ${place}`);
}

function usedUp({ per, allowed, window }) {
  const meal = MEALS[window] ?? both("这一餐", "This meal");
  if (per === "window" && allowed === 1) return both(`今天${meal.zh}已用过`, `${meal.en} already used today`);
  if (per === "window") {
    return both(`今天${meal.zh}的 ${allowed} 份补贴已用完`, `All ${allowed} subsidies for ${meal.en.toLowerCase()} used today`);
  }
  if (per === "day") return both(`今天的 ${allowed} 份补贴已用完`, `All ${allowed} subsidies of today used`);
  return both(`这个月的 ${allowed} 份补贴已用完`, `All ${allowed} subsidies of this month used`);
}

function capUsed({ per, cap_fen: capFen, left_fen: leftFen }) {
  const period = PERIODS[per];
  if (!leftFen) return both(`${period.zh}的补贴 ${yuan(capFen)} 元已用完`, `The subsidy of ${yuan(capFen)} yuan for ${period.en} is used up`);
  return both(
    `${period.zh}的补贴只剩 ${yuan(leftFen)} 元，不够这一单`,
    `Only ${yuan(leftFen)} yuan of subsidy is left for ${period.en}, not enough for this bill`,
  );
}

function outside({ windows }) {
  const listed = joined(windows.map(hours));
  return both(`现在不在用餐时段。${listed.zh}`, `Outside meal times. ${listed.en}`);
}

/** Put "lunch 10:00-13:30" into words. */
function hours(text) {
  const [name, span = ""] = text.split(" ");
  const [since, until = ""] = span.split("-");
  return both(`${MEALS[name].zh} ${since} 到 ${until}`, `${MEALS[name].en} ${since} to ${until}`);
}

function underMinimum({ minimum_fen: minimumFen, bill_fen: billFen }) {
  const [least, bill] = [yuan(minimumFen), yuan(billFen)];
  return both(`满 ${least} 元才补，这一单 ${bill} 元`, `Subsidised from ${least} yuan on, this bill is ${bill}`);
}

function noSetMeal({ at_most_fen: atMostFen }) {
  return both(`只补 ${yuan(atMostFen)} 元以内的套餐`, `Only a set meal of up to ${yuan(atMostFen)} yuan is subsidised`);
}

const NO_SUBSIDY = {
  licence_lapsed: () => both("食堂许可证已过期，这一单不补", "The canteen's licence has lapsed: no subsidy"),
  agreement_lapsed: () => both("食堂协议已过期，这一单不补", "The canteen's agreement has lapsed: no subsidy"),
  moved_away: () => both("登记为已迁出，这一单不补", "Registered as moved away: no subsidy"),
  in_hospital: () => both("登记为住院中，这一单不补", "Registered as in hospital: no subsidy"),
  no_policy: () => both("这里还没有助餐办法，这一单不补", "No meal policy is in force here: no subsidy"),
  outside_windows: outside,
  count_used: countUsed,
  cap_used: capUsed,
  no_band: ({ age }) => both(`${age} 岁，这里的办法没有适用的档`, `Aged ${age}: no tier of the policy here fits`),
  bill_under_minimum: underMinimum,
  no_set_meal: noSetMeal,
  nothing_off: () => both("这一单没有可补的金额", "Nothing comes off this bill"),
  till_locked: () => both("收银台这时不能自己定补贴，这一单不补", "The till could not decide on a subsidy by itself: no subsidy"),
  not_in_roster: () => both("收银台断网，名单里没有这位客人，这一单不补", "The till was cut off and its list does not have this guest: no subsidy"),
};

const TOLD = {
  ...NO_SUBSIDY,
  tier,
  counted,
  off_fixed: offFixed,
  pays_fixed: ({ pays_fen: fen }) => both(`自己付 ${yuan(fen)} 元`, `The guest pays ${yuan(fen)} yuan`),
  off_capped: ({ at_most_fen: fen }) => both(`最多补 ${yuan(fen)} 元`, `At most ${yuan(fen)} yuan off`),
  cap_cut: capCut,
  points_limited: pointsLimited,
  points_short: pointsShort,
};
