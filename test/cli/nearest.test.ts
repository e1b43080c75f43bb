import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nearest } from '../../cli/nearest.ts'

describe('nearest', () => {
  const exports = ['describeFile', 'isPrime', 'default', 'up']

  it('finds the name behind a typo', () => {
    assert.equal(nearest('describFile', exports), 'describeFile')
    assert.equal(nearest('isprime', exports), 'isPrime')
    assert.equal(nearest('pu', exports), 'up')
    assert.equal(nearest('decsribeFile', exports), 'describeFile')
  })

  it('suggests nothing for a word that is far from all', () => {
    assert.equal(nearest('resize', exports), undefined)
    assert.equal(nearest('x', []), undefined)
  })
})
