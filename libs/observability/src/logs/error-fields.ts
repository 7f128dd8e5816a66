import { cleanText } from './clean-text.js';
import { safeGet } from './safe-get.js';

const MESSAGE_LIMIT = 2_048;
const STACK_LIMIT = 8_192;
const STACK_LINES = 40;
const MOST_CAUSES = 4;
const CODE_LIMIT = 128;

/** Members of the ECS `error` object, as JSON text without the braces. Takes anything that can be thrown. */
export function errorMembers(thrown: unknown): string {
  const members = [
    `"type":${JSON.stringify(typeOf(thrown))}`,
    `"message":${JSON.stringify(cleanText(messageOfAny(thrown), MESSAGE_LIMIT))}`,
  ];
  const code = safeGet(thrown, 'code');
  if (typeof code === 'string' || typeof code === 'number') {
    members.push(`"code":${JSON.stringify(cleanText(String(code), CODE_LIMIT))}`);
  }
  const stack = safeGet(thrown, 'stack');
  if (typeof stack === 'string') {
    const lines = stack
      .slice(0, STACK_LIMIT * 2)
      .split('\n', STACK_LINES)
      .join('\n');
    members.push(`"stack_trace":${JSON.stringify(cleanText(lines, STACK_LIMIT))}`);
  }
  const causes = causesOf(thrown);
  if (causes !== '') members.push(`"cause":${JSON.stringify(cleanText(causes, MESSAGE_LIMIT))}`);
  return members.join(',');
}

function typeOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return typeof thrown;
  const name = safeGet(thrown, 'name') ?? safeGet(safeGet(thrown, 'constructor'), 'name');
  return typeof name === 'string' && name !== '' ? cleanText(name, CODE_LIMIT) : 'Error';
}

function messageOfAny(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const message = safeGet(thrown, 'message');
  return typeof message === 'string' ? message : 'an object without a message was thrown';
}

/** `Type: message` of what lies behind the error, outermost first. */
function causesOf(thrown: unknown): string {
  const shown: string[] = [];
  let current = thrown;
  for (let depth = 0; depth < MOST_CAUSES; depth++) {
    const together = safeGet(current, 'errors');
    if (Array.isArray(together)) {
      for (let index = 0; index < Math.min(together.length, MOST_CAUSES); index++) {
        const member = safeGet(together, String(index));
        shown.push(`${typeOf(member)}: ${messageOfAny(member)}`);
      }
    }
    current = safeGet(current, 'cause');
    if (current === undefined || current === null) break;
    shown.push(`${typeOf(current)}: ${messageOfAny(current)}`);
  }
  return shown.join(' <- ');
}
