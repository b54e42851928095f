// A unit's name on a map, in the page's language.
import { plain } from "../core/text.js";

const SUFFIX = / (Township|Town|Subdistrict|Village|Community|Residential Community)$/; // on a map the drawing says it
const english = document.documentElement.lang.startsWith("en");

export const nameOf = (unit) => plain((english && unit.en) || unit.zh);

export const shortNameOf = (unit) => (english ? nameOf(unit).replace(SUFFIX, "") : nameOf(unit));
