import { test } from 'node:test'
import { killMany } from './kills.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'Linux only' }

test('12 kills at any instant leave seats and cells in order', { timeout: 60_000, ...linux }, async () => {
  await killMany(12, 3)
})
