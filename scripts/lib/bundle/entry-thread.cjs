// What a worker thread runs. The program may have left it the compiled library, in a port.
const { receiveMessageOnPort, workerData } = require('node:worker_threads')

const code = receiveMessageOnPort(workerData.code)?.message
workerData.code.close()
require('./load.cjs').loadCore(code).startThread()
