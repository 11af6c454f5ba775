import type { InquiryState } from './types';

/** What the firm may do next with an inquiry. */
export const INQUIRY_MOVES: Partial<Record<InquiryState, InquiryState[]>> = {
  new: ['qualified', 'spam'],
  qualified: ['quoting', 'lost'],
  quoting: ['quoted', 'info_requested', 'lost'],
  info_requested: ['quoting', 'lost'],
  quoted: ['won', 'lost'],
};

/** What ends an inquiry for good is asked once more. */
export const ENDS = ['won', 'lost', 'spam'] as const satisfies InquiryState[];

export const INQUIRY_STATES = ['new', 'qualified', 'quoting', 'info_requested', 'quoted', 'won', 'lost', 'spam'] as const satisfies InquiryState[];
