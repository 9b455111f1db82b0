// An entry of the queue in its other shapes: as it is sent, as the receipt the till gives for it, and beside the truth.

const PARTS = ["price_fen", "points_fen", "cash_fen"];

const sum = (shares) => (shares || []).reduce((total, share) => total + share.amount_fen, 0);

/** An entry as `POST /tills/sales` takes it; always the same for the same entry. */
export function wire(entry) {
  const { id, seq, kind, device, cashier, clock_suspect: suspect, is_offline: offline } = entry;
  const shared = { id, seq, kind, device, cashier, occurred_at: new Date(entry.occurred_at).toISOString(), clock_suspect: Boolean(suspect), is_offline: Boolean(offline) };
  if (kind === "undo") return { ...shared, undoes: entry.undoes, reason: entry.reason };
  const { quote } = entry;
  return {
    ...shared, card: entry.card, roster_version: entry.roster_version ?? null,
    items: entry.items.map(({ dish_id, count, price_fen }) => ({ dish_id, count, price_fen: price_fen ?? null })),
    quote: {
      price_fen: quote.price_fen, points_fen: quote.points_fen, cash_fen: quote.cash_fen, window: quote.window ?? null, reasons: quote.reasons ?? [],
      shares: quote.shares.map(({ payer, amount_fen }) => ({ payer, amount_fen })),
    },
  };
}

/** The receipt that a till gives for what waits, in the shape of the server's: its number names till, device and entry. */
export function ownReceipt(entry, device) {
  const number = `${device.till.number}-${device.device.number}-${entry.seq}`;
  if (entry.kind === "undo") {
    const { points_fen = 0, cash_fen = 0 } = entry.sale ?? {};
    return { id: entry.id, number, checkout_id: entry.undoes, points_fen, cash_fen, reason: entry.reason, waiting: true };
  }
  const { quote } = entry;
  return {
    ...quote, id: entry.id, number, guest: quote.guest ?? entry.guest, unpaid_fen: 0,
    balance_fen: (quote.balance_fen ?? 0) - quote.points_fen, meal_points_fen: (quote.meal_points_fen ?? 0) - quote.points_fen,
    sold_at: new Date(entry.occurred_at).toISOString(), waiting: true,
  };
}

/** By how much the books have another sale than the till showed, part by part; nothing where they are the same. */
export function differs(entry, receipt) {
  if (entry.kind !== "sale" || !entry.quote || !receipt) return null;
  const found = Object.fromEntries(PARTS.map((name) => [name, receipt[name] - entry.quote[name]]));
  found.public_fen = sum(receipt.shares) - sum(entry.quote.shares);
  found.unpaid_fen = receipt.unpaid_fen ?? 0;
  return Object.values(found).some(Boolean) ? found : null;
}
