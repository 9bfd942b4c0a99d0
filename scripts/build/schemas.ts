/**
 * Messages are declared in zod, and read by a decoder of our own that walks the declarations. A page that never calls
 * zod's parser does not need to load it, which is a third of what the page may weigh: here the declarations are made of
 * objects that hold a shape and nothing else.
 */
import type { Plugin } from "esbuild";

/** As much of zod as a declaration touches. Whatever would parse is absent, so that a call of it fails at once. */
const DECLARATIONS_ALONE = `
export class ZodType {
  constructor(shape) { this.shape = shape; }
  optional() { return new ZodType(); }
  transform() { return new ZodType(); }
  refine() { return new ZodType(); }
  pipe() { return new ZodType(); }
}
export class ZodObject extends ZodType {}
const anything = () => new ZodType();
export { anything as string, anything as number, anything as boolean, anything as int, anything as union };
export { anything as array, anything as record, anything as custom };
const ofClass = anything;
export { ofClass as instanceof };
export const strictObject = (shape) => new ZodObject(shape);
export const NEVER = undefined;
`;

/** Puts in zod's place what declares a message and cannot parse one. */
export const schemasWithoutParser: Plugin = {
  name: "schemas-without-parser",
  setup(build) {
    build.onResolve({ filter: /^zod$/ }, () => ({ path: "zod", namespace: "declarations", sideEffects: false }));
    build.onLoad({ filter: /.*/, namespace: "declarations" }, () => ({ contents: DECLARATIONS_ALONE, loader: "js" }));
  },
};
