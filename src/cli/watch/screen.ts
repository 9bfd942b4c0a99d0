/** The live view: every view as a table, drawn anew when something has changed. */
import { styleText } from "node:util";
import { createLogUpdate } from "log-update";
import type { Session } from "../../client/index.ts";
import type { TerminalScreen } from "../terminal.ts";
import { stateText } from "./states.ts";
import type { Watched } from "./watched.ts";

/** Milliseconds between two drawings: more often nobody can read. */
const DRAWING_MS = 100;
/** While the connection is lost, the seconds until the next attempt are counted down. */
const COUNTDOWN_MS = 1_000;
/** Lines that a view takes beside its records: its title, the head of its table, what is left out, an empty line. */
const LINES_BESIDE = 4;
/** Lines of the screen that are no view's: the state of the connection, and the one that the cursor is on. */
const LINES_AROUND = 3;

export class Screen {
  readonly #screen: TerminalScreen;
  readonly #session: Session;
  readonly #views: readonly Watched[];
  #isDue = false;

  constructor(screen: TerminalScreen, session: Session, views: readonly Watched[]) {
    this.#screen = screen;
    this.#session = session;
    this.#views = views;
  }

  /** Draws until something ends it, and leaves the last drawing where it is. Throws what ended it. */
  async until(ended: Promise<never>): Promise<void> {
    const update = createLogUpdate(this.#screen.stream);
    const draw = (): void => {
      this.#isDue = false;
      update(this.picture(Date.now()));
    };
    const changed = (): void => {
      if (this.#isDue) return;
      this.#isDue = true;
      setTimeout(draw, DRAWING_MS);
    };
    for (const view of this.#views) {
      view.onChange(changed);
      view.subscription.state.onChange(changed);
    }
    this.#session.state.onChange(changed);
    this.#screen.onResize(changed);
    const countdown = setInterval(() => {
      if (this.#session.state.current.name === "waiting") changed();
    }, COUNTDOWN_MS);
    draw();
    try {
      await ended;
    } finally {
      clearInterval(countdown);
      update.done();
    }
  }

  /** What is drawn at a time, in milliseconds since 1970. */
  picture(now: number): string {
    const { style, rows } = this.#screen;
    const bold = (text: string): string => (style.colours ? styleText("bold", text, { validateStream: false }) : text);
    const each = Math.floor((rows - LINES_AROUND) / this.#views.length) - LINES_BESIDE;
    const most = Math.max(1, each);
    const pictures = this.#views.map((view) => {
      const hidden = Math.max(0, view.size - most);
      const title = bold(`${view.view} (${view.size})${noteOf(view)}`);
      return `${title}\n${view.table(style, most)}${hidden > 0 ? `… and ${hidden} more\n` : ""}`;
    });
    const { owner, state } = this.#session;
    return [`${owner}: ${stateText(state.current, now)}`, "", ...pictures].join("\n");
  }
}

/** What must be said of a view that is not up to date. */
function noteOf({ subscription }: Watched): string {
  switch (subscription.state.current.name) {
    case "starting":
      return ", on its way";
    case "behind":
      return ", as it was when the connection was lost";
    case "live":
    case "closed":
      return "";
  }
}
