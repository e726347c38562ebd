import { AttachmentsDir } from '../adapters/attachments-dir/index.ts';
import { AttachmentsPostgres } from '../adapters/attachments-postgres/index.ts';
import { systemIds } from '../adapters/ids/index.ts';
import { seconds } from '../domain/time.ts';
import { ResponseOffice } from '../flow/outbox/response-office.ts';
import type { Attachments } from '../flow/ports/responses.ts';
import type { Flow } from './flow.ts';
import type { Ground } from './ground.ts';
import type { Storage } from './storage.ts';

/** What follows an alarm: orders, the files beside them, and warnings. */
export async function buildResponses(ground: Ground, { journal }: Storage, { core, turn }: Flow) {
  const files = await openAttachments(ground);
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

async function openAttachments({ options, config, log, onStop }: Ground): Promise<Attachments> {
  const dir = new AttachmentsDir(config.LIFELINE_DATA_DIR);
  const { pair } = options;
  if (pair === undefined) return dir;
  const files = new AttachmentsPostgres({ dir, connect: () => pair.connect('attachments'), log });
  onStop('close the files beside orders', seconds(2), () => files.close());
  await files.start();
  void files.level();
  return files;
}
