// CommonJS: loaded as an ES module, this worker misses the pool's first message and never becomes ready.
const { ClusterWorker } = require('poolifier')
const { TASKS } = require('./functions.js')

module.exports = new ClusterWorker({ ...TASKS }, { maxInactiveTime: 3_600_000 })
