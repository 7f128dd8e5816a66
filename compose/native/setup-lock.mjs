// Two commands at once in a fresh clone must not install over each other: the second waits for the first.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { say } from './progress.mjs';

const POLL_MS = 500;
const NEWS_MS = 3_000;

/**
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} step
 * @returns {Promise<T>}
 */
export async function withSetupLock(file, step) {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let told = 0;
  while (!take(file)) {
    if (Date.now() - told > NEWS_MS) {
      say(`waiting for process ${holderOf(file)}, which prepares this clone`);
      told = Date.now();
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    return await step();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  const holder = holderOf(file);
  // Left behind by a process that was killed.
  if (holder !== undefined && !isAlive(holder)) rmSync(file, { force: true });
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
