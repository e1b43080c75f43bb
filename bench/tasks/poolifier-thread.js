import { ThreadWorker } from 'poolifier'
import { TASKS } from './functions.js'

export default new ThreadWorker({ ...TASKS }, { maxInactiveTime: 3_600_000 })
