import type { OpenUpstreamLine } from '../../flow/ports/upstream/line.ts';
import { type LineTools, UpstreamCall } from './asking.ts';
import { lifelineLine } from './lifeline-line.ts';
import { profileLine } from './profile-line.ts';

export { sm3 } from './sign.ts';

/** Opens lines to platforms above, all of which leave through one door. Nothing is connected before something is sent. */
export const linesThrough =
  (tools: LineTools): OpenUpstreamLine =>
  ({ setup, secrets, profile, stream }) => {
    const asking = new UpstreamCall({ setup, secrets, profile, tools });
    const { transport } = profile;
    const { wall, nonce } = tools;
    return transport.kind === 'lifeline'
      ? lifelineLine(asking, transport, stream)
      : profileLine({ asking, setup, secrets, profile, wall, nonce }, transport);
  };
