import { Fingerprint, type FileMarks } from './fingerprint.js';

/** Most files whose fingerprint is carried on between pieces; that of others is taken by reading them once more. */
const CAPACITY = 1_000;

/**
 * Carries the fingerprints of files that arrive in pieces from one piece to the next. Node cannot write the state of a
 * hash down, so this lasts as long as the process: after a restart the bytes are read again.
 */
export class RollingFingerprints {
  private readonly byId = new Map<string, Fingerprint>();

  /** The fingerprint of exactly the first `bytes` bytes, if it is known. It is taken out: put it back with {@link keep}. */
  take(id: string, bytes: number): Fingerprint | undefined {
    const known = this.byId.get(id);
    this.byId.delete(id);
    if (bytes === 0) return new Fingerprint();
    return known?.bytes === bytes ? known : undefined;
  }

  keep(id: string, fingerprint: Fingerprint): void {
    this.byId.set(id, fingerprint);
    if (this.byId.size <= CAPACITY) return;
    const oldest = this.byId.keys().next().value;
    if (oldest !== undefined) this.byId.delete(oldest);
  }

  /** Marks of a whole file, if all of it passed through here. */
  marks(id: string, bytes: number): FileMarks | undefined {
    const known = this.byId.get(id);
    return known?.bytes === bytes ? known.marks() : undefined;
  }

  forget(id: string): void {
    this.byId.delete(id);
  }
}
