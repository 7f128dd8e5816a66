import type { ComposeModel } from '../model/compose-model.js';
import { RULES, type Rule, type RuleName } from './rules.js';

export interface Finding {
  readonly service: string;
  readonly rule: RuleName | 'exemption';
  readonly problem: string;
}

/** Every rule on every service. An exemption needs a reason, and a rule that would complain without it. */
export function lint(model: ComposeModel): Finding[] {
  return Object.entries(model.services).flatMap(([name, service]) => {
    const exempt = service['x-exempt'] ?? {};
    const findings: Finding[] = [];
    for (const [rule, check] of Object.entries(RULES) as Array<[RuleName, Rule]>) {
      const problem = check({ name, service, model });
      const reason = exempt[rule];
      if (problem !== undefined && reason === undefined) findings.push({ service: name, rule, problem });
      if (problem === undefined && reason !== undefined) {
        findings.push({ service: name, rule: 'exemption', problem: `it keeps ${rule}; the exemption is not needed` });
      }
    }
    for (const [rule, reason] of Object.entries(exempt)) {
      if (!(rule in RULES)) findings.push({ service: name, rule: 'exemption', problem: `there is no rule ${rule}` });
      if (!(reason.length >= 20)) findings.push({ service: name, rule: 'exemption', problem: `${rule}: no reason` });
    }
    return findings;
  });
}
