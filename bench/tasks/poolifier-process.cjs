// CommonJS: loaded as an ES module, this worker misses the pool's first message and never becomes ready.
const { ClusterWorker } = require('poolifier')
const functions = require('./functions.js')

module.exports = new ClusterWorker({ ...functions }, { maxInactiveTime: 3_600_000 })
