import type { FeedbackMailState } from '#libs/contracts';

export interface NewFeedback {
  id: string;
  tenant: string;
  message: string;
  email: string | null;
  page: string | null;
}

export interface StoredFeedback extends NewFeedback {
  createdAt: Date;
  mail: FeedbackMailState;
}

/** A mail this process may send until its lease runs out. */
export interface ClaimedMail extends NewFeedback {
  createdAt: Date;
  /** 1 for the first try. */
  attempt: number;
  fence: number;
}
