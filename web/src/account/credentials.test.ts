import { expect, test } from "vitest";
import { ApiError } from "../api/client";
import { checkCredentials, explainRefusal } from "./credentials";

test.each([
  ["user@example.com", "correct horse", true, {}],
  [" user@example.com ", "x", false, {}],
  ["", "", false, { email: "Enter your e-mail address.", password: "Enter your password." }],
  ["", "", true, { email: "Enter your e-mail address.", password: "Choose a password." }],
  ["user", "correct horse", false, { email: "This is not an e-mail address, such as user@example.com." }],
  ["us er@example.com", "correct horse", false, { email: "This is not an e-mail address, such as user@example.com." }],
  ["user@example.com", "short", true, { password: "Too short: at least 8 characters." }],
])("checkCredentials(%j, %j, %j)", (email, password, newAccount, errors) => {
  expect(checkCredentials(email, password, newAccount)).toEqual(errors);
});

test.each([
  ["email_taken", null, { email: "There is an account with this address already. Sign in instead." }],
  ["weak_password", null, { password: "Words of the server." }],
  ["invalid_credentials", null, { form: "The e-mail address or the password is wrong." }],
  ["too_many_attempts", 90, { form: "There were too many wrong passwords. Try again in 1 min 30 s." }],
  ["too_many_attempts", null, { form: "Words of the server." }],
  ["unavailable", null, { form: "Words of the server." }],
])("%s is said where it belongs", (code, retryAfter, errors) => {
  expect(explainRefusal(new ApiError(400, code, "Words of the server.", retryAfter))).toEqual(errors);
});

test("a bug is no message of the server", () => {
  expect(explainRefusal(new TypeError("x is undefined"))).toEqual({
    form: "Something unexpected happened on this page. Try again.",
  });
});
