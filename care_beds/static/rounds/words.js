// What a carer is told at the door, in the page's language.

import { loadStrings, say } from "../../strings.js";

await loadStrings();

/** What the supervisor will look at; each by the code the server gave it. */
export const DOUBTS = {
  sticker_none: say("no sticker was read"),
  sticker_unreadable: say("the code is none of ours"),
  sticker_wrong: say("the sticker is of another bed"),
  sticker_revoked: say("the sticker does not count any more"),
  fix_none: say("no location"),
  fix_stale: say("the location is old"),
  fix_vague: say("the location is not sure"),
  far: say("far from the home"),
  clock: say("the phone's clock is in doubt"),
  clock_back: say("left before coming: a clock was changed in between"),
  late_sent: say("sent very late"),
  off_plan: say("at another time than planned"),
  still_open: say("another visit is not checked out"),
  short: say("shorter than planned"),
  items_left: say("something left out"),
  no_picture: say("no picture"),
  same_picture: say("the same picture as before"),
  old_picture: say("an old picture"),
  late_cancelled: say("the visit had been cancelled"),
  late_covered: say("the visit had been given to somebody else"),
  late_given_up: say("the visit had been written down as missed"),
  late_time_taken: say("another visit stands at this time"),
  late_closed: say("the visit had been ended without a check-out"),
};

const PLACE = {
  refused: say("The phone may not tell where you are. Allow it beside the address, or go on without."),
  off: say("This phone tells no location. Go on without."),
  not_found: say("The phone does not find where you are. Go on without, or look again at the window."),
  too_slow: say("No location yet. Look again at the window, or go on without."),
};

export const noPlace = (reason) => PLACE[reason] ?? PLACE.not_found;

/** What a refusal of the server says; its own sentence comes in the language in which it was asked. */
export const refusalOf = (problem) => problem?.detail ?? problem?.title ?? say("The server did not take it.");

export const WHAT = { check_in: say("Check in"), check_out: say("Check out"), confirmation: say("The family's word") };
