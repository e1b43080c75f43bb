/** Loaded in rehearsals, for what Node takes to load its first module of a file. */
export default undefined
