/** Each takes a start. `DOOR_KILLS=20`, of each door, where one was changed. */
export const KILLS = Number(process.env.DOOR_KILLS ?? 6);
