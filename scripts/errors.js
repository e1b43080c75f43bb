// @ts-check
/*
 * Makes docs/errors.md from the table in src/base/error-table/; `--check` compares instead.
 * Needs a build.
 */
import { ERRORS } from '../dist/src/base/error-table/index.js'
import { errorsPage } from './lib/errors-page.js'
import { pageScript } from './lib/generated-page.js'

pageScript('docs/errors.md', errorsPage(ERRORS), 'npm run build && node scripts/errors.js')
