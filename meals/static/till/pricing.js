// What a meal costs whom, worked out in the browser: the same decision, step by step, as meals/rules.py makes from the
// same policy document. Pure. Both are held together by one set of cases that runs on either side.

const HUNDRED = 100;

/** Divide a meal's price between funders, the canteen, the guest's points and cash; `policy` is null where there is none. */
export function priceMeal({ price_fen, diner, policy, window = null, taken, points_available_fen = 0, items = [], barred = null }) {
  const found = barred ? reason(barred.code, barred.params) : subsidy({ policy, diner, window, taken, price_fen, items });
  const given = found.code ? { shares: [], band: null, reasons: [found] } : found;
  const guestFen = price_fen - sum(given.shares.map((share) => share.amount_fen));
  const rule = policy?.points ?? { may_pay_percent: HUNDRED, of: "guest" };
  const paid = pay(rule, { price_fen, guestFen, availableFen: points_available_fen });
  return {
    price_fen,
    shares: given.shares,
    points_fen: paid.points_fen,
    cash_fen: guestFen - paid.points_fen,
    subsidised: given.shares.length > 0,
    window,
    band: given.band,
    reasons: [reason("price", { price_fen }), ...given.reasons, ...paid.reasons],
    left: policy ? policy.limits.map((limit) => leftAfter(limit, taken, given.shares)) : [],
  };
}

/** Find the meal window of a minute since midnight. */
export function windowAt(policy, minute) {
  return policy.windows.find((each) => each.from_minute <= minute && minute < each.until_minute) ?? null;
}

const reason = (code, params = {}) => ({ code, params });
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const isPublic = (share) => share.payer !== "concession";
const publicPart = (shares) => sum(shares.filter(isPublic).map((share) => share.amount_fen));

function subsidy({ policy, diner, window, taken, price_fen, items }) {
  if (!policy) return reason("no_policy");
  if (window === null) return reason("outside_windows", { windows: policy.windows.map(hours) });
  const usedUp = findUsedUp(policy.limits, taken, window);
  if (usedUp) return usedUp;
  const discount = discountFor(policy, diner, { price_fen, items });
  if (discount.code) return discount;
  const band = policy.bands[discount.band];
  const payers = band.payers.length ? band.payers : policy.payers;
  let shares = shareOut(payers, discount.off_fen);
  const cut = cutToCaps(policy.limits, taken, publicPart(shares));
  if (cut.code) return cut;
  if (cut.reason) shares = reshare(payers, shares, cut.public_fen);
  const told = shares.map((share) => reason("share", { payer: share.payer, amount_fen: share.amount_fen }));
  return { shares, band: discount.band, reasons: [...discount.reasons, ...(cut.reason ? [cut.reason] : []), ...told] };
}

function pay(rule, { price_fen, guestFen, availableFen }) {
  const baseFen = rule.of === "guest" ? guestFen : price_fen;
  const allowedFen = Math.min(guestFen, Math.floor((baseFen * rule.may_pay_percent) / HUNDRED));
  const pointsFen = Math.min(allowedFen, availableFen);
  const reasons = [reason("points", { points_fen: pointsFen }), reason("cash", { cash_fen: guestFen - pointsFen })];
  if (pointsFen < allowedFen) reasons.push(reason("points_short", { available_fen: availableFen }));
  else if (allowedFen < guestFen) reasons.push(reason("points_limited", { percent: rule.may_pay_percent, of: rule.of }));
  return { points_fen: pointsFen, reasons };
}

// ---- counters

function findUsedUp(limits, taken, window) {
  const limit = limits.find((each) => each.subsidised !== null && taken[each.per].subsidised >= each.subsidised);
  if (!limit) return null;
  const last = limit.per === "month" ? {} : (taken.last ?? {});
  return reason("count_used", { per: limit.per, window, allowed: limit.subsidised, ...last });
}

/** Hold the funders' part to every cap, in the order of the document. */
function cutToCaps(limits, taken, publicFen) {
  let cut = { public_fen: publicFen, reason: null };
  for (const limit of limits.filter((each) => each.public_fen !== null)) {
    const leftFen = Math.max(limit.public_fen - taken[limit.per].public_fen, 0);
    if (cut.public_fen <= leftFen) continue;
    const params = { per: limit.per, cap_fen: limit.public_fen, left_fen: leftFen };
    if (leftFen === 0 || limit.partial === "none") return reason("cap_used", params);
    cut = { public_fen: leftFen, reason: reason("cap_cut", params) };
  }
  return cut;
}

/** Divide an amount between payers to the fen; the named one takes the remainder of rounding. */
function shareOut(payers, offFen) {
  const named = payers.findIndex((each) => each.remainder);
  const whole = sum(payers.map((each) => each.percent));
  const parts = payers.map((each) => Math.floor((offFen * each.percent) / whole));
  parts[named < 0 ? payers.length - 1 : named] += offFen - sum(parts);
  return payers.map((each, place) => ({ payer: each.payer, amount_fen: parts[place] })).filter((share) => share.amount_fen);
}

/** Divide a smaller public part anew; the canteen's concession stays what it was. */
function reshare(payers, shares, publicFen) {
  return [...shares.filter((share) => !isPublic(share)), ...shareOut(payers.filter(isPublic), publicFen)];
}

function leftAfter(limit, taken, shares) {
  const used = taken[limit.per];
  const meals = limit.subsidised === null ? null : Math.max(limit.subsidised - used.subsidised - (shares.length ? 1 : 0), 0);
  const fen = limit.public_fen === null ? null : Math.max(limit.public_fen - used.public_fen - publicPart(shares), 0);
  return { per: limit.per, subsidised: meals, public_fen: fen };
}

// ---- discount

const isWithin = (code, path) => path === null || (code !== null && code.startsWith(path));
const isAmong = (fact, listed) => !listed.length || listed.includes(fact);

/** Say whether a band is for this guest: every condition that it names must hold. */
function fits(when, diner) {
  return (when.age_from === null || diner.age >= when.age_from)
    && (when.age_until === null || diner.age < when.age_until)
    && isAmong(diner.income, when.income) && isAmong(diner.ability, when.ability) && isAmong(diner.living, when.living)
    && isWithin(diner.hukou_area, when.hukou) && isWithin(diner.residence_area, when.residence);
}

function discountFor(policy, diner, { price_fen, items }) {
  const place = policy.bands.findIndex((each) => fits(each.when, diner));
  if (place < 0) return reason("no_band", { age: diner.age });
  const band = policy.bands[place];
  const basisFen = basis(band, { price_fen, items });
  if (basisFen === null) return reason("no_set_meal", { at_most_fen: band.set_meal_at_most_fen });
  if (basisFen < band.minimum_bill_fen) return reason("bill_under_minimum", { minimum_fen: band.minimum_bill_fen, bill_fen: basisFen });
  const wantedFen = basisFen - guestPart(band, policy.rounding, basisFen);
  const offFen = band.off_at_most_fen === null ? wantedFen : Math.min(wantedFen, band.off_at_most_fen);
  if (offFen === 0) return reason("nothing_off");
  const reasons = [tier(band.when, diner), ...counted(band, basisFen, price_fen), how(band, offFen)];
  if (offFen < wantedFen) reasons.push(reason("off_capped", { at_most_fen: band.off_at_most_fen }));
  return { off_fen: offFen, band: place, reasons };
}

/** The part of the bill that counts; null if the band wants a set meal and there is none. */
function basis(band, { price_fen, items }) {
  let basisFen;
  if (band.set_meal_at_most_fen === null) {
    basisFen = price_fen - sum(items.filter((item) => item.kind === "delivery").map((item) => item.unit_price_fen * item.count));
  } else {
    const meals = items.filter((item) => item.kind === "set_meal" && item.unit_price_fen <= band.set_meal_at_most_fen);
    if (!meals.length) return null;
    basisFen = Math.max(...meals.map((item) => item.unit_price_fen));
  }
  return band.price_cap_fen === null ? basisFen : Math.min(basisFen, band.price_cap_fen);
}

function guestPart(band, rounding, basisFen) {
  if (band.off_fen !== null) return Math.max(basisFen - band.off_fen, 0);
  if (band.pays_fen !== null) return Math.min(basisFen, band.pays_fen);
  return Math.min(basisFen, rounded(rounding, basisFen, band.pays_percent));
}

/** Take a whole percentage of an amount, in whole units. */
function rounded({ unit_fen, mode }, amountFen, percent) {
  const parts = amountFen * percent;
  const whole = HUNDRED * unit_fen;
  const units = { down: Math.floor(parts / whole), up: Math.ceil(parts / whole), half_up: Math.floor((2 * parts + whole) / (2 * whole)) };
  return units[mode] * unit_fen;
}

/** The conditions that a band names, and the guest's age. */
function tier(when, diner) {
  const named = Object.entries(when).filter(([, fact]) => fact !== null && !(Array.isArray(fact) && !fact.length));
  return reason("tier", { age: diner.age, ...Object.fromEntries(named) });
}

function counted(band, basisFen, priceFen) {
  if (basisFen === priceFen) return [];
  return [reason("counted", { counted_fen: basisFen, kind: band.set_meal_at_most_fen === null ? "bill" : "set_meal" })];
}

function how(band, offFen) {
  if (band.off_fen !== null) return reason("off_fixed", { off_fen: offFen, minimum_fen: band.minimum_bill_fen });
  if (band.pays_fen !== null) return reason("pays_fixed", { pays_fen: band.pays_fen, off_fen: offFen });
  return reason("pays_percent", { percent: band.pays_percent, off_fen: offFen });
}

const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
const hours = (window) => `${window.name} ${clock(window.from_minute)}-${clock(window.until_minute)}`;
