// The words when the shell has not embedded them: one language, both files.
const texts = import.meta.glob<string>('../../../../../locales/*/{watch,problems}.ftl', { query: '?raw', import: 'default' });

export async function fetchWords(lang: string): Promise<string[]> {
  const load = async (file: string) => {
    const at = (tag: string) => `../../../../../locales/${tag}/${file}.ftl`;
    return (await (texts[at(lang)] ?? texts[at('en')])?.()) ?? '';
  };
  return Promise.all(['watch', 'problems'].map(load));
}
