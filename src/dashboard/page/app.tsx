/** The page: signed in or not. */
import { useEffect, useState } from "preact/hooks";
import { Desk } from "../desk/desk.ts";
import { useStore } from "../parts/store.ts";
import { claimsOf, problemWith } from "../sign-in/claims.ts";
import { forgetToken, initialToken, keepOwner, keepToken, keptOwner } from "../sign-in/token.ts";
import { PageHead } from "./page-head.tsx";
import { PROBLEMS, SignIn } from "./sign-in.tsx";
import { Workspace } from "./workspace.tsx";

interface SignedIn {
  readonly token: string | undefined;
  /** Why nobody is. */
  readonly problem?: string | undefined;
}

/** A timer that runs for longer than this fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function App() {
  const [{ token, problem }, setSignedIn] = useState(readToken);
  const leave = (why: keyof typeof PROBLEMS): void => {
    forgetToken();
    setSignedIn({ token: undefined, problem: PROBLEMS[why] });
  };
  // A link with another token may be opened in a tab that is signed in already.
  useEffect(() => {
    const listen = (): void => {
      if (location.hash.includes("token=")) setSignedIn(readToken());
    };
    addEventListener("hashchange", listen);
    return () => removeEventListener("hashchange", listen);
  }, []);
  if (token === undefined) {
    return (
      <SignIn
        problem={problem}
        onToken={(given) => {
          keepToken(given);
          setSignedIn({ token: given });
        }}
      />
    );
  }
  return <DeskPage key={token} token={token} onLeave={leave} />;
}

interface DeskPageProps {
  readonly token: string;
  readonly onLeave: (why: keyof typeof PROBLEMS) => void;
}

function DeskPage({ token, onLeave }: DeskPageProps) {
  const [desk] = useState(
    () =>
      new Desk({
        url: new URL(location.origin),
        token,
        owner: keptOwner(),
        onOwner: keepOwner,
        onRefused: () => onLeave("refused"),
      }),
  );
  const view = useStore(desk.view);
  const { owners, problem } = useStore(desk.owners);
  useEffect(() => {
    void desk.start();
    return () => desk.close();
  }, [desk]);
  useEffect(() => {
    const expires = claimsOf(token)?.expires;
    if (expires === undefined) return;
    const timer = setTimeout(
      () => {
        if (expires <= Date.now()) onLeave("expired");
      },
      Math.min(expires - Date.now(), LONGEST_TIMER_MS),
    );
    return () => clearTimeout(timer);
  }, [token, onLeave]);
  return (
    <div class="page">
      <PageHead desk={desk} view={view} token={token} onSignOut={() => onLeave("signed out")} />
      {view !== undefined ? (
        <Workspace key={`${view.scope.owner}/${view.scope.account ?? ""}`} desk={desk} view={view} />
      ) : (
        <main class="no-desk">
          <p role="status">{noDeskText(owners?.length, problem)}</p>
          {problem !== undefined && (
            <button type="button" onClick={() => void desk.start()}>
              Try again
            </button>
          )}
        </main>
      )}
    </div>
  );
}

/** The token that the address brought or that is kept, unless it is known to be of no use. */
function readToken(): SignedIn {
  const token = initialToken();
  if (token === undefined) return { token: undefined };
  const wrong = problemWith(token, Date.now());
  if (wrong === undefined) return { token };
  forgetToken();
  return { token: undefined, problem: PROBLEMS[wrong] };
}

function noDeskText(owners: number | undefined, problem: string | undefined): string {
  if (problem !== undefined) return `The Owners cannot be read: ${problem}`;
  return owners === 0 ? "This token may see no Owner." : "Loading…";
}
