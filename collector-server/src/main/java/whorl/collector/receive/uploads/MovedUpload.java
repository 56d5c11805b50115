package whorl.collector.receive.uploads;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/**
 * An upload as it moves from one store to another. It keeps its id, so its agent goes on with it.
 *
 * @param length of the whole artifact, or {@link Upload#UNKNOWN}
 * @param streamed true if the artifact is sent while it is made
 * @param aside true if it was set aside
 * @param sha256 of the whole artifact; null while it is not complete
 * @param bytes that have arrived
 */
public record MovedUpload(
    String id,
    UploadMetadata metadata,
    Instant createdAt,
    long length,
    boolean streamed,
    boolean aside,
    @Nullable Digest sha256,
    long bytes) {}
