/** Where the engine's time goes: CPU profiles taken inside the runtime while it is under load. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { WorkerBundle } from "../support/worker-bundle.ts";
import { type CpuProfile, costOf, type ProfileCost } from "./cpu-profile.ts";
import { freePort } from "./free-port.ts";
import { Inspector } from "./inspector.ts";
import { KEPT } from "./logs.ts";
import { Rig } from "./rig.ts";
import { type Load, measureThroughput, type Throughput } from "./throughput.ts";

export interface Profiled {
  /** To be opened in a browser's developer tools, or in an editor. */
  readonly file: string;
  /** With the profiler at work. */
  readonly throughput: Throughput;
  readonly cost: ProfileCost;
}

const SAMPLING_MICROSECONDS = 200;

/** Profiles one load on a server of its own, after a warm-up run. */
export async function profileLoad(bundle: WorkerBundle, load: Load): Promise<Profiled> {
  const inspectorPort = await freePort();
  const rig = await Rig.start({ bundle, inspectorPort });
  try {
    await measureThroughput(rig, "ours", "P0", load);
    const inspector = await Inspector.open(inspectorPort);
    await inspector.call("Profiler.enable");
    await inspector.call("Profiler.setSamplingInterval", { interval: SAMPLING_MICROSECONDS });
    await inspector.call("Profiler.start");
    const throughput = await measureThroughput(rig, "ours", "P1", load);
    const { profile } = (await inspector.call("Profiler.stop")) as { readonly profile: CpuProfile };
    inspector.close();
    await mkdir(KEPT, { recursive: true });
    const file = join(KEPT, `${load.name.replaceAll(/\W+/g, "-")}.cpuprofile`);
    await writeFile(file, JSON.stringify(profile));
    return { file, throughput, cost: costOf(profile, bundle) };
  } finally {
    await rig.dispose();
  }
}
