/** As `PUT /assets/{code}/risk` takes them. */
export const MATERIALS = ['pe', 'ductile-iron', 'steel', 'concrete', 'cast-iron'] as const;
export const TRAFFIC = ['none', 'local', 'main', 'arterial'] as const;
