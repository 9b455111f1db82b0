// Where the phone is, how sure it is of it, and how old that is; or why it does not say.

const WITHIN_MS = 15_000;
const REASONS = { 1: "refused", 2: "not_found", 3: "too_slow" };

/** Ask for the place once, fresh. Never rejects: {lat, lon, accuracy_m, at (ms)} or {reason}. */
export function findPlace(geolocation = globalThis.navigator?.geolocation) {
  if (!geolocation) return Promise.resolve({ reason: "off" });
  return new Promise((resolve) => {
    const found = ({ coords, timestamp }) => resolve({ lat: coords.latitude, lon: coords.longitude, accuracy_m: coords.accuracy, at: timestamp });
    geolocation.getCurrentPosition(found, ({ code }) => resolve({ reason: REASONS[code] ?? "not_found" }), {
      enableHighAccuracy: true, timeout: WITHIN_MS, maximumAge: 0,
    });
  });
}

/** The fields of a mark that say where: its age is counted at the moment of the mark. */
export function fieldsOf(place, now) {
  if (!place) return { no_fix_reason: "not_asked" };
  if (place.reason) return { no_fix_reason: place.reason };
  const age = Math.max(0, Math.round((now - place.at) / 1000));
  return { lat: place.lat, lon: place.lon, accuracy_m: place.accuracy_m, fix_age_s: age };
}

/** Metres between two places, to tell a carer at once that the phone stands somewhere else; the server judges. */
export function metresBetween(one, other) {
  const rad = (degrees) => (degrees * Math.PI) / 180;
  const chord = Math.sin(rad(other.lat - one.lat) / 2) ** 2 + Math.cos(rad(one.lat)) * Math.cos(rad(other.lat)) * Math.sin(rad(other.lon - one.lon) / 2) ** 2;
  return Math.round(2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(chord))));
}
