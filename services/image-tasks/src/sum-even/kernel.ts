import { KERNEL_BASE64 } from './kernel.data.js';
import { MAX_TOKEN_BYTES } from './grammar.domain.js';

/** Places the kernel counts; longer numbers take the slow path. */
export const KERNEL_PLACES = 64;

/** Bytes taken in at a time; 64 KiB to 2 MiB are equally fast. */
export const CHUNK_BYTES = 256 * 1024;

const COUNTERS = 1024;
const NEGATIVE = 512;
const COUNT = 1024;
const EVEN_COUNT = 1032;

/** Where a chunk is put; the token that the chunk before left unfinished lies right in front of it. */
export const CHUNK_AT = 4096 + MAX_TOKEN_BYTES;

/** Behind the chunk is room for a closing separator and for the last load of the kernel. */
const BUFFER_BYTES = CHUNK_AT + CHUNK_BYTES + 128;

/** The memory that is scanned, and what adds up whole tokens in it. */
export interface Kernel {
  readonly bytes: Uint8Array;
  /** Adds up the tokens of [from, to); gives `to`, or the start of the first token it has left out. */
  run(from: number, to: number): number;
  counters(): KernelCounters;
  /** All counters to zero. */
  reset(): void;
}

/** What a kernel has counted: digit sums by place, of numbers without sign and of negative ones. */
export interface KernelCounters {
  count: number;
  evenCount: number;
  positive: number[];
  negative: number[];
}

/** The compiled kernel; undefined where the processor has no SIMD for WebAssembly. May be sent to worker threads. */
export function compileKernel(): WebAssembly.Module | undefined {
  const code = Buffer.from(KERNEL_BASE64, 'base64');
  return WebAssembly.validate(code) ? new WebAssembly.Module(code) : undefined;
}

/** A kernel with memory of its own; without a module one that leaves everything to the slow path. */
export function createKernel(module: WebAssembly.Module | undefined): Kernel {
  return module ? new SimdKernel(module) : new NoKernel();
}

class SimdKernel implements Kernel {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly exported: { memory: WebAssembly.Memory; run(from: number, to: number, counters: number): number };

  constructor(module: WebAssembly.Module) {
    this.exported = new WebAssembly.Instance(module).exports as unknown as SimdKernel['exported'];
    this.bytes = new Uint8Array(this.exported.memory.buffer);
    this.view = new DataView(this.exported.memory.buffer);
  }

  run(from: number, to: number): number {
    return this.exported.run(from, to, COUNTERS);
  }

  counters(): KernelCounters {
    return {
      count: this.read(COUNT),
      evenCount: this.read(EVEN_COUNT),
      positive: Array.from({ length: KERNEL_PLACES }, (_, place) => this.read(8 * place)),
      negative: Array.from({ length: KERNEL_PLACES }, (_, place) => this.read(NEGATIVE + 8 * place)),
    };
  }

  reset(): void {
    this.bytes.fill(0, COUNTERS, COUNTERS + EVEN_COUNT + 8);
  }

  private read(offset: number): number {
    return Number(this.view.getBigUint64(COUNTERS + offset, true));
  }
}

class NoKernel implements Kernel {
  readonly bytes = new Uint8Array(BUFFER_BYTES);

  run(from: number): number {
    return from;
  }

  counters(): KernelCounters {
    return { count: 0, evenCount: 0, positive: [], negative: [] };
  }

  reset(): void {}
}
