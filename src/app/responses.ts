import { AttachmentsDir } from '../adapters/attachments-dir/index.ts';
import { systemIds } from '../adapters/ids/index.ts';
import { ResponseOffice } from '../flow/outbox/response-office.ts';
import type { Flow } from './flow.ts';
import type { Ground } from './ground.ts';
import type { Storage } from './storage.ts';

/** What follows an alarm: orders, the files beside them, and warnings. */
export function buildResponses(ground: Ground, { journal }: Storage, { core, turn }: Flow) {
  const files = new AttachmentsDir(ground.config.LIFELINE_DATA_DIR);
  const { LIFELINE_CAP_SENDER: sender, LIFELINE_CAP_SENDER_NAME: senderName } = ground.config;
  const office = new ResponseOffice({
    core,
    turn,
    journal,
    ids: systemIds,
    files,
    capSender: sender,
    log: ground.log,
  });
  return { office, files, capIssuer: { sender, senderName } };
}
