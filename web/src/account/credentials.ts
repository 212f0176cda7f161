// What is wrong with an e-mail and a password, and where on the form it is said.
import { ApiError } from "../api/client";
import { formatWait } from "../ui/format";

export const minPassword = 8;

export interface FormErrors {
  email?: string;
  password?: string;
  form?: string;
}

// Before anything is sent. Whether an address exists is the server's to say; `newAccount` also
// holds the password to its length.
export function checkCredentials(email: string, password: string, newAccount: boolean): FormErrors {
  const errors: FormErrors = {};
  if (!email.trim()) errors.email = "Enter your e-mail address.";
  else if (!/^[^\s@]+@[^\s@]+$/.test(email.trim())) errors.email = "This is not an e-mail address, such as user@example.com.";
  if (!password) errors.password = newAccount ? "Choose a password." : "Enter your password.";
  else if (newAccount && [...password].length < minPassword) {
    errors.password = `Too short: at least ${minPassword} characters.`;
  }
  return errors;
}

// What the server refused.
export function explainRefusal(error: Error): FormErrors {
  if (!(error instanceof ApiError)) return { form: "Something unexpected happened on this page. Try again." };
  switch (error.code) {
    case "email_taken":
      return { email: "There is an account with this address already. Sign in instead." };
    case "invalid_email":
      return { email: error.message };
    case "weak_password":
    case "password_too_long":
      return { password: error.message };
    case "invalid_credentials":
      return { form: "The e-mail address or the password is wrong." };
    case "too_many_attempts":
      return {
        form: error.retryAfter
          ? `There were too many wrong passwords. Try again in ${formatWait(error.retryAfter)}.`
          : error.message,
      };
    default:
      return { form: error.message };
  }
}
