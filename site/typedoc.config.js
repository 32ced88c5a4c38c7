const titles = { index: 'resilient-fetch', layers: 'resilient-fetch/layers', testing: 'resilient-fetch/testing' };

/** The reference: one page for each entry point, made from its doc comments. A link to a name that does not exist is an error. */
export default {
  plugin: ['typedoc-plugin-markdown'],
  tsconfig: 'tsconfig.typedoc.json',
  entryPoints: ['../src/index.ts', '../src/layers/index.ts', '../src/testing/index.ts'],
  out: 'reference',
  readme: 'none',
  router: 'module',
  pageTitleTemplates: { module: ({ name }) => titles[name] ?? name },
  disableSources: true,
  excludeExternals: true,
  excludePrivate: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: 'table',
  validation: { notExported: false, invalidLink: true, invalidPath: true, notDocumented: false },
  treatValidationWarningsAsErrors: true,
  logLevel: 'Warn',
};
