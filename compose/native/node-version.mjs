/**
 * Checks a version against the ranges that package.json uses: `^20.19 || ^22.13 || >=24.11`.
 *
 * @param {string} version such as 20.19.2
 * @param {string} ranges
 */
export function isSupported(version, ranges) {
  const [major, minor] = version.split('.').map(Number);
  return ranges.split('||').some((range) => {
    const [, operator, wantedMajor, wantedMinor = '0'] = /^(\^|>=)(\d+)(?:\.(\d+))?/.exec(range.trim()) ?? [];
    if (Number(wantedMajor) === major) return minor >= Number(wantedMinor);
    return operator === '>=' && major > Number(wantedMajor);
  });
}
