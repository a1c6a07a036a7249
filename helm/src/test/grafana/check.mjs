// Writes the dashboards as literals of TypeScript, so that tsc holds each of them against Grafana's types.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../../../sluice/files/dashboards/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
if (names.length === 0) {
  throw new Error(`no dashboards in ${folder}`);
}
const literals = names.map((name, i) => {
  const json = readFileSync(new URL(name, folder), 'utf8').trimEnd();
  return `// ${name}\nexport const dashboard${i} = ${json} satisfies SluiceDashboard;\n`;
});
mkdirSync(new URL('target/', import.meta.url), { recursive: true });
writeFileSync(
  new URL('target/dashboards.ts', import.meta.url),
  `import type { SluiceDashboard } from '../types';\n\n${literals.join('\n')}`,
);
console.log(`${names.length} dashboards: ${names.join(', ')}`);
