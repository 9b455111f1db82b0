// What the next scan sells: dishes and counts. Every function gives a new basket.

const MOST = 99;

/** The basket a fresh guest gets: the canteen's default set meal, once. */
export function freshBasket(menu) {
  const usual = menu?.items.find((item) => item.default && !item.sold_out);
  return { counts: usual ? { [usual.id]: 1 } : {}, fresh: true };
}

const isMeal = (item) => item.kind === "set_meal";

/** Choose a dish: a set meal takes the place of another set meal, a side dish joins it. */
export function choose(basket, menu, id) {
  const item = menu.items.find((each) => each.id === id);
  if (!item || item.sold_out || basket.counts[id]) return basket;
  const counts = {};
  for (const other of menu.items) {
    const stays = basket.counts[other.id] && !(isMeal(item) && isMeal(other));
    if (stays) counts[other.id] = basket.counts[other.id];
  }
  counts[id] = 1;
  return { counts, fresh: false };
}

/** Take one more or one less of a dish; the last one leaves, and an empty basket is a fresh one. */
export function change(basket, menu, id, by) {
  const count = Math.min(MOST, (basket.counts[id] || 0) + by);
  const counts = { ...basket.counts, [id]: count };
  if (count < 1) delete counts[id];
  return Object.keys(counts).length ? { counts, fresh: false } : freshBasket(menu);
}

/** The dishes of a basket in the order of the menu, each with its count. */
export function lines(basket, menu) {
  return (menu?.items || []).filter((item) => basket.counts[item.id])
    .map((item) => ({ item, count: basket.counts[item.id] }));
}

export const priceOf = (basket, menu) =>
  lines(basket, menu).reduce((total, { item, count }) => total + item.price_fen * count, 0);

export const countOf = (basket) => Object.values(basket.counts).reduce((total, count) => total + count, 0);

/** The form in which the server takes them. */
export const itemsOf = (basket, menu) => lines(basket, menu).map(({ item, count }) => ({ dish_id: item.id, count }));

/** Keep what is still on a renewed menu. */
export function keep(basket, menu) {
  const counts = {};
  for (const item of menu.items) if (basket.counts[item.id] && !item.sold_out) counts[item.id] = basket.counts[item.id];
  return basket.fresh || !Object.keys(counts).length ? freshBasket(menu) : { counts, fresh: false };
}
