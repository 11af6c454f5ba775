// Every page of the guide stands in its table of contents, and every relative link of every document leads somewhere.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const GUIDE = 'docs/guide/src';
process.chdir(join(import.meta.dirname, '..'));
const documents = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { encoding: 'utf8' }).split('\n').filter((path) => path && existsSync(path));
const faults = documents.flatMap((path) => brokenLinks(path, readFileSync(path, 'utf8'))).concat(unlisted());
for (const fault of faults) console.error(`docs: ${fault}`);
console.log(`docs: ${documents.length} documents, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;

/** Links out of the house, and code, are no business of this check. */
function brokenLinks(path, text) {
  const prose = text.replaceAll(/^```[^]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target).filter((target) => !/^[a-z]+:/.test(target));
  return targets.filter((target) => !leads(path, target)).map((target) => `${path}: ${target} leads nowhere`);
}

function leads(from, target) {
  const [file, anchor] = target.split('#');
  const path = file ? normalize(join(dirname(from), decodeURIComponent(file))) : from;
  return existsSync(path) && (!anchor || !path.endsWith('.md') || anchors(readFileSync(path, 'utf8')).includes(anchor));
}

/** Headings by the names that GitHub and mdBook give them. */
function anchors(text) {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').trim().replaceAll(' ', '-'));
}

function unlisted() {
  const listed = [...readFileSync(`${GUIDE}/SUMMARY.md`, 'utf8').matchAll(/\]\(([^)]+)\)/g)].map(([, page]) => `${GUIDE}/${page}`);
  const pages = documents.filter((path) => path.startsWith(`${GUIDE}/`) && !path.endsWith('/SUMMARY.md'));
  return pages.filter((page) => !listed.includes(page)).map((page) => `${page} is not in SUMMARY.md`);
}
