// The guest's window: two lines that the till sends, and nothing else.

const start = JSON.parse(document.getElementById("guest-start").textContent);
const [a, b] = ["guest-a", "guest-b"].map((id) => document.getElementById(id));
const channel = new BroadcastChannel(start.channel);

channel.onmessage = ({ data }) => {
  if (data.kind !== "show") return;
  a.textContent = data.a;
  b.textContent = data.b;
};
channel.postMessage({ kind: "hello" });
