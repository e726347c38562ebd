/** Own icons: a field of 16, strokes of 1.5, round ends; drawn in the colour of the words beside them. */
export const ICONS = {
  acknowledge: 'M2.5 8.5 6 12l7.5-8',
  acknowledgeAll: 'M1.5 8.5 4.5 12l6-8 M8 11l1 1 5.5-8',
  assess: 'M8 1.5 13.5 4v4c0 3.5-2.4 5.6-5.5 6.5C4.9 13.6 2.5 11.5 2.5 8V4z M5.5 7.800l2 2 3.2-3.6',
  note: 'M3 13.500l.6-3L10.5 3.500l2.4 2.400L6 12.900z M9 5l2.4 2.4',
  order:
    'M10.5 2a3.5 3.5 0 0 0-3.3 4.700L2.5 11.400l2 2L9.2 8.800A3.5 3.5 0 0 0 13.8 4.500L11.5 6.5 9.5 4.500l2-2.300z',
  warning: 'M2 6.500v3h2.500L11 13V3L4.5 6.500z M13 6.200a2.5 2.5 0 0 1 0 3.6',
  incident:
    'M6.7 9.300a2.8 2.8 0 0 0 4 0l2.1-2.100a2.8 2.8 0 0 0-4-4l-1 1 M9.3 6.700a2.8 2.8 0 0 0-4 0L3.2 8.800a2.8 2.8 0 0 0 4 4l1-1',
  told: 'M4 11V7a4 4 0 0 1 8 0v4l1.2 1.500H2.800z M6.7 14.500h2.6',
  untold: 'M4 11V7a4 4 0 0 1 .8-2.4 M7 3.200A4 4 0 0 1 12 7v4 M2 2l12 12 M2.8 12.500H12',
  interrupted: 'M2 8h3 M11 8h3 M6.5 5.500l3 5 M9.5 5.500l-3 5',
  noisy: 'M1.5 9.500h2l1.5-5 2 8 2-9 2 7 1-2h2.5',
  doubt:
    'M5.8 6a2.2 2.2 0 1 1 3.3 1.900C8.3 8.4 8 8.9 8 9.8 M8 12.400v.1 M8 1.200a6.8 6.8 0 1 1 0 13.600A6.8 6.8 0 0 1 8 1.200z',
  late: 'M8 4.500V8l2.5 1.5 M2 8a6 6 0 1 0 1.8-4.300L2 5.5 M2 2v3.500h3.5',
  platform: 'M2 3h12v8H2z M6 14h4 M8 11v3',
  tick: 'M2.5 2.500h11v11h-11z M5 8l2.2 2.300L11.2 6',
  columns: 'M2.5 3h11v10h-11z M6.2 3v10 M9.9 3v10',
  view: 'M4 2h8v12l-4-3-4 3z',
  download: 'M8 2v8 M4.5 7 8 10.5 11.5 7 M2.5 13.500h11',
  print: 'M4.5 6V2h7v4 M4.5 11.500h-2V6h11v5.500h-2 M4.5 9.500h7v4.500h-7z',
  picture: 'M2 3h12v10H2z M2 11l3.5-3.500L9 11l2-2 3 3 M10.8 6.200v.1',
  close: 'M3.5 3.500l9 9 M12.5 3.500l-9 9',
  undo: 'M3 6.500h6.500a3.5 3.5 0 0 1 0 7H6 M6 3.500l-3 3 3 3',
  ghost: 'M2 11c2-6 3.5-6 5.5-2s3.5 3 6.5-4',
  help: 'M6 6a2.1 2.1 0 1 1 3.1 1.800C8.3 8.3 8 8.8 8 9.6 M8 12v.1',
  down: 'M3.5 6l4.5 4.500L12.5 6',
  up: 'M3.5 10.500L8 6l4.5 4.5',
  empty: 'M2 9l2-6h8l2 6v4.500H2z M2 9h3.500l1 2h3l1-2H14',
} as const;
export type IconName = keyof typeof ICONS;
