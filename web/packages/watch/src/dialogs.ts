// Fetched when the first dialog opens.
export { default as InquiryDialog } from './InquiryDialog.svelte';
export { default as OrderDialog } from './OrderDialog.svelte';
