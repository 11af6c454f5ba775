/** `j`, `k`, `Enter` over the links of a table's rows; `/` to its search field. */
export function rows(node: HTMLElement): { destroy(): void } {
  function press(event: KeyboardEvent) {
    const typing = event.target instanceof Element && event.target.closest('input, textarea, select, dialog');
    if (typing || event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === '/') {
      const search = document.querySelector<HTMLInputElement>('input[type=search]');
      if (search) event.preventDefault();
      search?.focus();
      return;
    }
    const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
    if (step === 0) return;
    const links = [...node.querySelectorAll<HTMLElement>('[data-row]')];
    const now = links.indexOf(document.activeElement as HTMLElement);
    links[now === -1 ? (step === 1 ? 0 : links.length - 1) : Math.min(Math.max(now + step, 0), links.length - 1)]?.focus();
  }
  document.addEventListener('keydown', press);
  return { destroy: () => document.removeEventListener('keydown', press) };
}
