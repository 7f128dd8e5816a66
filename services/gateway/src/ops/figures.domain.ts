/** A number of things as a person reads it: three digits that matter. */
export function countText(value: number | null): string {
  if (value === null) return '–';
  const size = Math.abs(value);
  if (size >= 1e6) return `${digits(value / 1e6)} M`;
  if (size >= 1e4) return `${digits(value / 1e3)} k`;
  return digits(value);
}

export function percentText(ratio: number | null): string {
  return ratio === null ? '–' : `${digits(ratio * 100)} %`;
}

export function secondsText(seconds: number | null): string {
  if (seconds === null) return '–';
  if (seconds === 0) return '0 s';
  if (seconds < 1) return `${digits(seconds * 1_000)} ms`;
  if (seconds < 120) return `${digits(seconds)} s`;
  if (seconds < 7_200) return `${digits(seconds / 60)} min`;
  return seconds < 172_800 ? `${digits(seconds / 3_600)} h` : `${digits(seconds / 86_400)} days`;
}

export function bytesText(bytes: number | null): string {
  if (bytes === null) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1_024 && unit < units.length - 1; unit++) value /= 1_024;
  return `${digits(value)} ${units[unit]}`;
}

export function textOf(value: number | null, unit: 'seconds' | 'bytes' | 'none'): string {
  if (unit === 'seconds') return secondsText(value);
  return unit === 'bytes' ? bytesText(value) : countText(value);
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || size >= 100) return String(Math.round(value));
  if (size < 0.01) return '< 0.01';
  return String(Number(value.toFixed(size >= 10 ? 1 : 2)));
}
