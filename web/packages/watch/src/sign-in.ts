// A log-in link: the token stands in the address's fragment, which no server log sees, and is spent by a press, so that
// a mail scanner that opens the page spends nothing.
const form = document.getElementById('sign-in') as HTMLFormElement | null;
const failed = document.getElementById('sign-in-failed');
const given = new URLSearchParams(location.hash.slice(1));

/** Only a path of this house: never another site. */
function next(): string {
  const path = given.get('next') ?? '/';
  return path.startsWith('/') && !path.startsWith('//') && !path.startsWith('/\\') ? path : '/';
}

form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await fetch('/api/v1/session/magic', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: given.get('token') ?? '' }),
  }).catch(() => null);
  if (answer?.ok) location.replace(next());
  else if (failed) failed.hidden = false;
});
