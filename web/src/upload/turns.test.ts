import { expect, test } from "vitest";
import { Turns } from "./turns";

const never = new AbortController().signal;

// Work that ends when it is told to.
function work() {
  let end: () => void = () => undefined;
  const state = { begun: false, end: () => end() };
  const run = () => {
    state.begun = true;
    return new Promise<void>((resolve) => (end = resolve));
  };
  return { state, run };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

test("so many at once, the next when one ends", async () => {
  const turns = new Turns(2);
  const works = [work(), work(), work(), work()];
  for (const { run } of works) void turns.run(never, run);
  await settle();
  expect(works.map(({ state }) => state.begun)).toEqual([true, true, false, false]);
  works[1]?.state.end();
  await settle();
  expect(works.map(({ state }) => state.begun)).toEqual([true, true, true, false]);
});

test("who leaves the queue takes no turn", async () => {
  const turns = new Turns(1);
  const [first, second, third] = [work(), work(), work()];
  const leave = new AbortController();
  void turns.run(never, first.run);
  const left = expect(turns.run(leave.signal, second.run)).rejects.toThrow("left");
  void turns.run(never, third.run);
  leave.abort(new Error("left"));
  await left;
  first.state.end();
  await settle();
  expect([second.state.begun, third.state.begun]).toEqual([false, true]);
});

test("work that fails gives its turn back", async () => {
  const turns = new Turns(1);
  await expect(turns.run(never, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  await expect(turns.run(never, () => Promise.resolve("done"))).resolves.toBe("done");
});
