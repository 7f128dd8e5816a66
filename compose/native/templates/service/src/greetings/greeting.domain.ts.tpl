/** A greeting as it is read out: one space between the words of the name, and none around it. */
export function greetingFor(opening: string, name: string): string {
  return `${opening}, ${name.trim().replace(/\s+/g, ' ')}!`;
}
