/* Sentences of scripts in the page's language. The English sentence is the key; its Chinese comes from the catalogue. */

let words = {}, loading = null;

/* Fetch the words of the page's language once; until then, and where one is missing, the English is said. */
export function loadStrings() {
  loading ??= fetchStrings();
  return loading;
}

async function fetchStrings() {
  const language = document.body.dataset.lang;
  if (language === "en") return;
  try {
    const answer = await fetch(new URL(`strings/${language}.json`, import.meta.url));
    if (answer.ok) words = await answer.json();
  } catch {
    loading = null; // the line is down: the page works in English, and who asks again tries again
  }
}

/* Say a sentence; %(name)s parts are filled from `parts`. */
export function say(sentence, parts = {}) {
  return (words[sentence] ?? sentence).replace(/%\((\w+)\)s/g, (whole, name) => parts[name] ?? whole);
}
