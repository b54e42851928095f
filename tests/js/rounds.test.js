import { announce, answer, serve, until } from "./browser.js";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Rounds, Sender } from "../../static/js/core/rounds.js";

beforeEach(() => mock.timers.reset());

test("never two rounds at once, and one more right after where more came meanwhile", async () => {
  let running = 0;
  let most = 0;
  let count = 0;
  let end;
  const rounds = new Rounds("a", async () => {
    count += 1;
    most = Math.max(most, running += 1);
    await new Promise((resolve) => { end = resolve; });
    running -= 1;
  });
  rounds.now();
  await until(() => count === 1);
  for (let n = 0; n < 5; n += 1) rounds.now();
  end();
  await until(() => count === 2);
  end();
  await until(() => !rounds.running);
  assert.deepEqual([count, most], [2, 1]);
});

test("after a round that got stuck the next waits longer each time, up to a minute", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const rounds = new Rounds("b", () => {});
  let runs = 0;
  rounds.run = () => { runs += 1; };
  const waits = [2000, 4000, 8000, 15_000, 30_000, 60_000, 60_000];
  for (const [n, wait] of waits.entries()) {
    rounds.later();
    mock.timers.tick(wait - 1);
    assert.equal(runs, n);
    mock.timers.tick(1);
    assert.equal(runs, n + 1);
  }
  rounds.arrived();
  rounds.later();
  mock.timers.tick(2000);
  assert.equal(runs, waits.length + 1);
});

test("a server that asks for patience gets it, within five minutes", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const rounds = new Rounds("c", () => {});
  let runs = 0;
  rounds.run = () => { runs += 1; };
  rounds.later(10_000);
  mock.timers.tick(9999);
  assert.equal(runs, 0);
  mock.timers.tick(1);
  assert.equal(runs, 1);
  rounds.later(86_400_000);
  mock.timers.tick(300_000);
  assert.equal(runs, 2);
});

test("a round that throws is tried again", async () => {
  const rounds = new Rounds("d", async () => { throw new Error("no"); });
  let later = 0;
  rounds.later = () => { later += 1; };
  await rounds.now();
  assert.equal(later, 1);
});

test("the network's coming back is heard", async () => {
  let count = 0;
  new Rounds("e", () => { count += 1; });
  announce("online");
  await until(() => count === 1);
});

test("what is about the same subject waits behind one that is stuck; the rest does not wait for a photo", async () => {
  const left = [
    { id: 1, subject: "a", photo: true }, { id: 2, subject: "a" }, { id: 3, subject: "b" },
  ];
  const told = [];
  serve((url) => (url === "/1/" ? answer(413, "", { foreign: true }) : answer(200)));
  const sender = new Sender({
    name: "f", person: "7", waiting: async () => left, request: ({ id }) => [`/${id}/`, {}], proof: () => true,
    arrived: ({ id }) => left.splice(left.findIndex((item) => item.id === id), 1), refused: () => {}, tell: ({ id }, state) => told.push([id, state]),
  });
  await sender.now();
  clearTimeout(sender.rounds.timer);
  assert.deepEqual(told, [[1, "sending"], [1, "waiting"], [3, "sending"], [3, "arrived"]]);
});
