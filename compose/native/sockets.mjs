// Who listens where, from /proc: needed before packages are installed (doctor) and by the servers.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Inode of the socket that listens on a local TCP port, from the text of `/proc/net/tcp` or `tcp6`. */
export function listeningInode(table, port) {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    // 0A is TCP_LISTEN (include/net/tcp_states.h).
    if (fields[3] === '0A' && fields[1].endsWith(wanted)) return fields[9];
  }
  return undefined;
}

/**
 * The process that listens on a TCP port, as far as we may look: own processes, or all for root.
 *
 * @param {number} port
 * @param {readonly number[]} [candidates] look only at these processes
 */
export function listenerPid(port, candidates) {
  const inode = ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => listeningInode(read(file), port)).find(Boolean);
  if (inode === undefined) return undefined;
  return (candidates ?? allPids()).find((pid) => ownsSocket(pid, inode));
}

/** Command line of a process, or an empty text. */
export function commandOf(pid) {
  return read(`/proc/${pid}/cmdline`).split('\0').join(' ').trim();
}

function allPids() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function ownsSocket(pid, inode) {
  const dir = `/proc/${pid}/fd`;
  try {
    return readdirSync(dir).some((fd) => link(`${dir}/${fd}`) === `socket:[${inode}]`);
  } catch {
    return false;
  }
}

function link(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
