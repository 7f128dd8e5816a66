import type { Language } from './language.domain.js';

/** Every word of the main page. */
export interface HomeTexts {
  description: string;
  version: string;
  operations: string;
  title: string;
  lead: string;
  visitors: string;
  today: string;
  yesterday: string;
  week: string;
  month: string;
  allTime: string;
  hits: string;
  bots: string;
  dnt: string;
  exact: string;
  estimate: (errorPct: string) => string;
  allTimeNote: string;
  noFigures: string;
  chart: string;
  chartLabel: (most: string) => string;
  asTable: string;
  day: string;
  unique: string;
  how: string;
  now: string;
  needsScript: string;
  sameAsJson: string;
  tryIt: string;
  importFile: string;
  follow: string;
  ask: string;
  allEndpoints: string;
  feedback: string;
  feedbackLead: string;
  message: string;
  email: string;
  send: string;
  sent: string;
  notSent: string;
  feedbackScript: string;
}

const en: HomeTexts = {
  description: 'Mirante watches hashtags and answers questions about them',
  version: 'Version',
  operations: 'Operations',
  title: 'A lookout over hashtags',
  lead: 'Import what people posted, from X, Mastodon or Bluesky, and ask: who, when, in which language, from where. Every request can be followed through every service.',
  visitors: 'Unique visitors',
  today: 'Today',
  yesterday: 'Yesterday',
  week: '7 days',
  month: '30 days',
  allTime: 'All time',
  hits: 'pages',
  bots: 'by programs',
  dnt: 'without a trace',
  exact: 'exact',
  estimate: (errorPct) => `estimate, ±\u00a0${errorPct}\u00a0%`,
  allTimeNote: 'Who stays away for a month or two counts again.',
  noFigures: 'The figures cannot be had right now.',
  chart: 'The last 30 days',
  chartLabel: (most) => `Bars of the unique visitors of each of the last 30 days; the highest is ${most}`,
  asTable: 'The same as a table',
  day: 'Day (UTC)',
  unique: 'Visitors',
  how: 'No cookies and no addresses are kept. How visitors are counted is told in docs/visitors.md of the project.',
  now: 'Right now',
  needsScript: 'The live view needs JavaScript;',
  sameAsJson: 'the same as JSON',
  tryIt: 'Try it',
  importFile: 'Import a file of posts:',
  follow: 'Follow the status_url of the answer until its status is done:',
  ask: 'Ask:',
  allEndpoints: 'All endpoints, with parameters and examples',
  feedback: 'Feedback',
  feedbackLead: 'What is missing, wrong or good? An address is only needed if you want an answer.',
  message: 'Message',
  email: 'E-mail (optional)',
  send: 'Send',
  sent: 'Thank you. It is stored.',
  notSent: 'Not stored: ',
  feedbackScript: 'The form needs JavaScript; this does the same:',
};

const pt: HomeTexts = {
  description: 'Mirante observa hashtags e responde a perguntas sobre elas',
  version: 'Versão',
  operations: 'Operação',
  title: 'Um mirante sobre as hashtags',
  lead: 'Importe o que as pessoas publicaram no X, no Mastodon ou no Bluesky e pergunte: quem, quando, em que língua, de onde. Cada pedido pode ser seguido por todos os serviços.',
  visitors: 'Visitantes únicos',
  today: 'Hoje',
  yesterday: 'Ontem',
  week: '7 dias',
  month: '30 dias',
  allTime: 'Desde o início',
  hits: 'páginas',
  bots: 'por programas',
  dnt: 'sem rasto',
  exact: 'exato',
  estimate: (errorPct) => `estimativa, ±\u00a0${errorPct}\u00a0%`,
  allTimeNote: 'Quem fica um ou dois meses sem voltar conta de novo.',
  noFigures: 'Os números não estão disponíveis neste momento.',
  chart: 'Os últimos 30 dias',
  chartLabel: (most) => `Barras dos visitantes únicos de cada um dos últimos 30 dias; a mais alta é ${most}`,
  asTable: 'O mesmo em tabela',
  day: 'Dia (UTC)',
  unique: 'Visitantes',
  how: 'Não se guardam cookies nem endereços. Como os visitantes são contados está em docs/visitors.md do projeto.',
  now: 'Neste momento',
  needsScript: 'A vista ao vivo precisa de JavaScript;',
  sameAsJson: 'o mesmo em JSON',
  tryIt: 'Experimente',
  importFile: 'Importe um ficheiro de publicações:',
  follow: 'Siga o status_url da resposta até o estado ser done:',
  ask: 'Pergunte:',
  allEndpoints: 'Todos os endereços, com parâmetros e exemplos',
  feedback: 'Opinião',
  feedbackLead: 'O que falta, está errado ou está bem? O endereço só é preciso se quiser resposta.',
  message: 'Mensagem',
  email: 'E-mail (opcional)',
  send: 'Enviar',
  sent: 'Obrigado. Está guardado.',
  notSent: 'Não foi guardado: ',
  feedbackScript: 'O formulário precisa de JavaScript; isto faz o mesmo:',
};

export const HOME_TEXTS: Readonly<Record<Language, HomeTexts>> = { en, pt };
