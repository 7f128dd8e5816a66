import type { XUserStatus } from './x-types.js';

export interface XProblem {
  title: string;
  type: string;
  detail: string;
  [key: string]: unknown;
}

const PROBLEMS = 'https://api.x.com/2/problems';

/** Bodies of errors as X sends them. */
export const problems = {
  invalidRequest: (parameter: string, given: string, message: string) => ({
    errors: [{ parameters: { [parameter]: [given] }, message }],
    title: 'Invalid Request',
    detail: 'One or more parameters to your request was invalid.',
    type: `${PROBLEMS}/invalid-request`,
  }),
  unauthorized: () => ({ title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' }),
  credits: () => ({
    account_id: 1_234_567_890,
    title: 'CreditsDepleted',
    detail: 'Your enrolled account [1234567890] does not have any credits to fulfill this request.',
    type: `${PROBLEMS}/credits`,
  }),
  forbidden: () => ({
    client_id: '12345678',
    detail:
      'When authenticating requests to the X API v2 endpoints, you must use keys and tokens from a developer App that is attached to a Project.',
    registration_url: 'https://developer.x.com/en/docs/projects/overview',
    title: 'Client Forbidden',
    required_enrollment: 'Appropriate Level of API Access',
    reason: 'client-not-enrolled',
    type: `${PROBLEMS}/client-forbidden`,
  }),
  noRules: () => ({
    title: 'Rules Required',
    detail: 'There are no rules associated with this stream. Add rules first.',
    type: `${PROBLEMS}/rule-configuration-issue`,
  }),
  tooManyRequests: () => ({
    title: 'Too Many Requests',
    type: 'about:blank',
    status: 429,
    detail: 'Too Many Requests',
  }),
  usageCap: () => ({
    account_id: 1_234_567_890,
    product_name: 'pay-per-use',
    title: 'UsageCapExceeded',
    period: 'Monthly',
    scope: 'Product',
    detail: 'Usage cap exceeded: Monthly product cap',
    type: `${PROBLEMS}/usage-capped`,
  }),
  tooManyConnections: () => ({
    title: 'ConnectionException',
    detail: 'This stream is currently at the maximum allowed connection limit.',
    connection_issue: 'TooManyConnections',
    type: `${PROBLEMS}/streaming-connection`,
  }),
  unavailable: () => ({
    title: 'Service Unavailable',
    detail: 'Service Unavailable',
    type: 'about:blank',
    status: 503,
  }),
  disconnect: () => ({
    errors: [
      {
        title: 'operational-disconnect',
        disconnect_type: 'UpstreamOperationalDisconnect',
        detail: 'This stream has been disconnected upstream for operational reasons.',
        type: `${PROBLEMS}/operational-disconnect`,
      },
    ],
  }),
};

/** A post that cannot be shown, as partial errors tell it. */
export function resourceNotFound(id: string, parameter: string, author: XUserStatus | undefined): XProblem {
  const place = { resource_type: 'tweet', resource_id: id, parameter, value: id };
  if (author === 'protected') {
    return {
      ...place,
      title: 'Authorization Error',
      detail: `Sorry, you are not authorized to see the Tweet with ${parameter}: [${id}].`,
      section: 'data',
      type: `${PROBLEMS}/not-authorized-for-resource`,
    };
  }
  if (author === 'suspended') {
    return {
      ...place,
      title: 'Forbidden',
      detail: `User has been suspended: the Tweet with ${parameter}: [${id}] is not shown.`,
      type: `${PROBLEMS}/resource-not-found`,
    };
  }
  return {
    ...place,
    title: 'Not Found Error',
    detail: `Could not find tweet with ${parameter}: [${id}].`,
    type: `${PROBLEMS}/resource-not-found`,
  };
}

export const HTML_ERROR = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>X / ?</title></head>
<body><div class="errorContainer"><h1>Something is technically wrong.</h1><p>Thanks for noticing — we’re going to fix it up and have things back to normal soon.</p></div></body></html>
`;
