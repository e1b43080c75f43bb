import { ThreadWorker } from 'poolifier'
import * as functions from './functions.js'

export default new ThreadWorker({ ...functions }, { maxInactiveTime: 3_600_000 })
