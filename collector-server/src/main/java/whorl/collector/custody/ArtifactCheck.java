package whorl.collector.custody;

import whorl.evidence.Digest;

/**
 * What an artifact is found to be.
 *
 * @param size in bytes
 */
public record ArtifactCheck(long size, Digest sha256) {}
