/**
 * How the laws of history are tried: on random runs that are the same each time. To look further than they do, give a
 * seed and a number of runs: `LAWS_SEED=7 LAWS_RUNS=1000 npx vitest run --project unit test/owner/laws`.
 */
import * as fc from "fast-check";
import { test } from "vitest";
import { EmptyWorld } from "../world.ts";
import { Player } from "./player.ts";
import { anyRun, type Ingredients, type RunStep } from "./random-run.ts";

export const SEED = Number(globalThis.process?.env.LAWS_SEED ?? 20261122);
const RUNS = globalThis.process?.env.LAWS_RUNS;
const NO_TIMEOUT = 0;

/** Gives a run a world of its own to be played in. */
export type Stage = (play: (world: EmptyWorld) => Promise<void>) => Promise<void>;

/** What a law is tried on. */
export interface Trial<Drawn> {
  readonly runs: number;
  readonly of?: Ingredients;
  /** What is drawn beside the run: which moments, spans and so on are looked at. */
  readonly drawn: fc.Arbitrary<Drawn>;
  /** How much of the run is played before the check, in percent; absent: all of it. */
  readonly percent?: number;
}

/** Looks at what the steps that were `played` have left behind; `rest` are those that were not. */
export type Check<Drawn> = (
  player: Player,
  drawn: Drawn,
  steps: { readonly played: readonly RunStep[]; readonly rest: readonly RunStep[] },
) => void | Promise<void>;

/** States a law, its seed in its title. */
export type Law = <Drawn>(title: string, trial: Trial<Drawn>, check: Check<Drawn>) => void;

/** In memory. */
export const inMemory: Stage = (play) => play(new EmptyWorld());

/** Laws that are tried on a stage, on so many of the runs that they ask for. */
export function lawsOn(stage: Stage, share = 1): Law {
  return (title, { runs, of = {}, drawn, percent = 100 }, check) => {
    const numRuns = Number(RUNS ?? Math.ceil(runs * share));
    test(`${title} [seed ${SEED}, ${numRuns} runs]`, { timeout: NO_TIMEOUT }, () =>
      fc.assert(
        fc.asyncProperty(anyRun(of), drawn, (run, what) =>
          stage(async (world) => {
            const end = Math.floor((run.length * percent) / 100);
            const played = run.slice(0, end);
            await check(await new Player(world).play(played), what, { played, rest: run.slice(end) });
          }),
        ),
        { seed: SEED, numRuns },
      ),
    );
  };
}

/** Nothing but the run. */
export const NOTHING_ELSE = fc.constant(undefined);
