import { place } from "./browser.js";
import assert from "node:assert/strict";
import { test } from "node:test";

place("<p></p>");
const { nameOf } = await import("../../static/js/desk/push.js");

test("a device is called by its browser and its system", () => {
  const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
  const named = {
    "Chrome, Android": `Mozilla/5.0 (Linux; Android 13; M2101K6C) ${webkit} Chrome/120.0.0.0 Mobile Safari/537.36`,
    "Edge, Windows": `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0`,
    "Safari, iPhone": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 Version/17.1 Mobile/15E148 Safari/604.1",
    "Firefox, Linux": "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
    "WeChat, Android": `Mozilla/5.0 (Linux; Android 12) ${webkit} Chrome/107.0.5304.141 Mobile Safari/537.36 MicroMessenger/8.0.44`,
  };
  for (const [name, agent] of Object.entries(named)) assert.equal(nameOf(agent), name);
});

test("one that says nothing of itself is a browser", () => assert.equal(nameOf("curl/8"), "browser"));
