import { spawn } from 'node:child_process';

/**
 * Runs a program and collects what it prints.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} its standard output
 * @throws when it cannot be run or ends with another code than 0; the message holds the end of its output
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const out = [];
    const all = [];
    child.stdout.on('data', (chunk) => {
      out.push(chunk);
      all.push(chunk);
    });
    child.stderr.on('data', (chunk) => all.push(chunk));
    child.once('error', (error) => reject(new Error(`cannot run ${command}: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out).toString('utf8'));
      // The cause stands at one of the ends, depending on the program.
      const lines = Buffer.concat(all).toString('utf8').trimEnd().split('\n');
      const tail = (lines.length > 40 ? [...lines.slice(0, 20), '...', ...lines.slice(-20)] : lines).join('\n');
      reject(new Error(`${[command, ...args].join(' ')} ended with ${signal ?? `code ${code}`}:\n${tail}`));
    });
  });
}
