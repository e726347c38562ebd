import { type Certificate, certificateFault, daysLeft, TOLD_BEFORE } from '../../../domain/certificate.ts';
import { days, type Millis } from '../../../domain/time.ts';
import { bad, type Finding, ok, warn } from '../finding.ts';

/** One finding for each certificate: whether peers take it, until when, and what to do. */
export function checkCertificates(certificates: readonly Certificate[], now: Millis): readonly Finding[] {
  return certificates.map((c) => {
    const check = `certificate ${c.use}`;
    const fault = certificateFault(c, now);
    if (fault !== null) return bad(check, fault.says);
    const left = daysLeft(c, now);
    const ends = `${c.where} (${c.subject}) ends at ${new Date(c.endsAt).toISOString()}`;
    if (left <= 0)
      return bad(
        check,
        `one of the authorities in ${c.where} ended at ${new Date(c.endsAt).toISOString()}: devices that it has signed for are refused; give them certificates of another, and take it out of the file`,
      );
    const whole = Math.floor(left);
    const says = `${ends}, in ${whole} ${whole === 1 ? 'day' : 'days'}`;
    if (c.endsAt - now > TOLD_BEFORE[0]) return ok(check, says);
    const place =
      c.use === 'authority'
        ? 'put it beside the old one in the file'
        : 'put it and its key in place of the old ones';
    return warn(
      check,
      `${says} (the desk is told at ${TOLD_BEFORE.map((t) => t / days(1)).join(', ')} days): get a new one, and ${place}; the service takes it within a minute, or at once on SIGHUP`,
    );
  });
}
