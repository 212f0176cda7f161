import { expect, test } from "vitest";
import { judge, waits } from "./request_outcome";

test("What came is done", () => {
  expect(judge(200, false, 0, 0)).toBe("done");
  expect(judge(206, false, 0, 0)).toBe("done");
});

test("A refused link is renewed, twice at most", () => {
  expect(judge(403, false, 0, 0)).toBe("renew");
  expect(judge(404, false, 1, 0)).toBe("renew");
  expect(judge(403, false, 2, 0)).toBe("done");
});

test("A server that can't be reached is waited for, not for ever", () => {
  expect(judge(0, false, 0, 0)).toBe("wait");
  expect(judge(503, false, 0, 3)).toBe("wait");
  expect(judge(0, false, 0, waits.length)).toBe("done");
});

test("A slow answer is the streaming engine's business: it takes a smaller rendition", () => {
  expect(judge(0, true, 0, 0)).toBe("done");
});
