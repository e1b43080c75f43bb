import { startAsMainThread, startEarly } from '../base/index.ts'
import { serveAsProcess, serveAsThread } from './serve.ts'

/*
 * What workers run. They load nothing of the user's until they are told to.
 */

export { rehearseCall } from './rehearse.ts'

export function startThread(): void {
  startEarly()
  serveAsThread()
}

export function startProcess(): void {
  startAsMainThread()
  startEarly()
  serveAsProcess()
}
