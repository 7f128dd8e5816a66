/** What this folder uses of WebAssembly: the types of Node 20 leave it to those of the browser, which are not loaded here. */
declare namespace WebAssembly {
  class Module {
    constructor(code: Uint8Array);
  }
  class Instance {
    constructor(module: Module);
    readonly exports: Record<string, unknown>;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  function validate(code: Uint8Array): boolean;
}
