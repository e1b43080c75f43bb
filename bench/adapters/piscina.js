import { Piscina } from 'piscina'

const filename = new URL('../tasks/functions.js', import.meta.url).href

export async function open({ workers, task }) {
  const pool = new Piscina({ filename, name: task, minThreads: workers, maxThreads: workers })
  return { call: argument => pool.run(argument), close: () => pool.destroy() }
}
