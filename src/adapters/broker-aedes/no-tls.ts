/** An alert is the client's word: it ended the handshake, we did not. */
const ALERT = /ALERT_/;
const DOES_NOT_TRUST =
  /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/;
const CERTIFICATE_MISSING = /PEER_DID_NOT_RETURN_A_CERTIFICATE/;
const NO_TLS_AT_ALL = /HTTP_REQUEST|WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|BAD_RECORD_TYPE/;

/**
 * Why no TLS came about and what would be right, for whoever has to look at a device.
 *
 * @param code of OpenSSL as Node tells it, such as `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA`
 * @param asksCertificate whether a client needs one of our authority
 */
export function whyNoTls(code: string, asksCertificate: boolean): string {
  if (DOES_NOT_TRUST.test(code))
    return `no TLS came about (${code}): the client does not trust our certificate, or not for the name that it called; it needs the certificate of its authority, and a name that stands in it`;
  if (CERTIFICATE_MISSING.test(code))
    return `no TLS came about (${code}): it brought no certificate; one of our authority would be right`;
  if (NO_TLS_AT_ALL.test(code))
    return `no TLS came about (${code}): what it sent is no TLS; mqtts:// to this port, or mqtt:// to the port without TLS, would be right`;
  const whose = ALERT.test(code) ? ': the client gave up' : '';
  return `no TLS came about (${code})${whose}; TLS 1.2 or 1.3${asksCertificate ? ' with a certificate of our authority' : ''} would be right`;
}
