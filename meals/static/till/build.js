// Which build of the product these very modules are of: it stands in their address.

/** The build in the address of a served file; "web" where there is none (tests, a folder opened by hand). */
export const buildOf = (address) => /\/assets\/([0-9a-f]+)\//.exec(address)?.[1] ?? "web";

export const BUILD = buildOf(import.meta.url);
