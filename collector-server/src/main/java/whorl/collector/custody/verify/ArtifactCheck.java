package whorl.collector.custody.verify;

import whorl.evidence.Digest;

/**
 * The actual size and digest of an artifact.
 *
 * @param size in bytes
 */
public record ArtifactCheck(long size, Digest sha256) {}
