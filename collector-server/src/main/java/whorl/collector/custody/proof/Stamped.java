package whorl.collector.custody.proof;

/**
 * A checkpoint with the answer of a time stamp authority (RFC 3161) about it.
 *
 * @param checkpoint whose bytes were stamped
 * @param response the authority's whole answer, DER
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record Stamped(SignedCheckpoint checkpoint, byte[] response) {}
