import workerpool from 'workerpool'
import { TASKS } from './functions.js'

workerpool.worker({ ...TASKS })
