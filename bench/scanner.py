"""A scanner as the page of a till sees it: keys in, green screens out, timed in the page itself.

The scripts run in the page. ``WATCH`` goes first.
"""

# From the last key of a scan until the frame with the verdict has been painted.
WATCH = """() => {
    const stage = document.getElementById("stage");
    const seen = (globalThis.seen = { greens: [], keyAt: 0, wake: () => {} });
    const painted = () => new Promise((done) => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(null);
    }));
    addEventListener("keydown", (event) => { if (event.code === "Enter") seen.keyAt = event.timeStamp; }, true);
    new MutationObserver(async () => {
        if (!seen.keyAt || document.documentElement.dataset.view !== "sold") return;
        const { keyAt } = seen;
        seen.keyAt = 0;
        await painted();
        seen.greens.push(performance.now() - keyAt);
        seen.wake();
    }).observe(stage, { childList: true });
}"""

# One guest after the other, as fast as the page takes them. Answers what stopped it, or nothing.
SELL = """async ({ cards, within }) => {
    const press = (key) => {
        const about = { key, code: key === "Enter" ? key : `Digit${key}`, bubbles: true, cancelable: true };
        for (const kind of ["keydown", "keyup"]) document.body.dispatchEvent(new KeyboardEvent(kind, about));
    };
    const green = () => new Promise((done) => {
        const late = setTimeout(() => done(false), within);
        seen.wake = () => (clearTimeout(late), done(true));
    });
    Object.assign(seen, { greens: [], keyAt: 0 });
    for (const [place, card] of cards.entries()) {
        for (const key of [...card, "Enter"]) press(key);
        if (!(await green())) return `guest ${place + 1}: ${document.documentElement.dataset.view}`;
    }
    return null;
}"""
GREENS = "() => seen.greens.splice(0)"
