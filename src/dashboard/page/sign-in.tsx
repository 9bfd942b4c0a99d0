/** Asks for a token. */
import { useState } from "preact/hooks";
import { pastedToken, problemWith } from "../sign-in/claims.ts";

interface SignInProps {
  /** Why the reader is here again. */
  readonly problem: string | undefined;
  readonly onToken: (token: string) => void;
}

export const PROBLEMS = {
  "not a token": "This is not a token: it has three parts of letters and digits, with points between them.",
  expired: "This token has expired.",
  refused: "The server refuses this token.",
  "signed out": undefined,
} as const;

export function SignIn({ problem, onToken }: SignInProps) {
  const [text, setText] = useState("");
  const [found, setFound] = useState<string>();
  const shown = found ?? problem;
  const submit = (): void => {
    const token = pastedToken(text);
    const wrong = problemWith(token, Date.now());
    if (wrong === undefined) onToken(token);
    else setFound(PROBLEMS[wrong]);
  };
  return (
    <main class="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <h1>Edge OMS</h1>
        <p>Balances, holdings and orders, live and as at any moment of the past.</p>
        <label for="token">Access token</label>
        <textarea
          id="token"
          name="token"
          rows={4}
          value={text}
          placeholder="eyJhbGciOi…"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-describedby="token-hint"
          aria-invalid={shown !== undefined}
          aria-errormessage={shown === undefined ? undefined : "token-problem"}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            setFound(undefined);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            submit();
          }}
        />
        <p id="token-hint" class="hint">
          It stays in this tab and is forgotten when the tab is closed.
        </p>
        <p id="token-problem" role="alert" class="problem">
          {shown}
        </p>
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
    </main>
  );
}
