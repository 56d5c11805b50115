package whorl.collector.receive.shared;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.receive.uploads.UploadMetadata;
import whorl.collector.store.database.ResultRow;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The state of one upload, as it is in the database. The received bytes are, in this order: {@code
 * parts} parts of a parted upload; then the objects of {@code rest}. The first of these is larger
 * than a part if it was joined of parts.
 *
 * @param length of the whole artifact; -1 while it is unknown
 * @param received bytes
 * @param sha256 of the whole artifact; null until it is complete
 * @param partsKey the key of the parted upload; empty if there is none
 * @param partsUpload the object store's id of the parted upload
 * @param revision grows whenever the row is locked
 * @param interrupted true if an earlier holder did not give the row back
 */
record UploadRow(
    String id,
    UploadMetadata metadata,
    long length,
    boolean aside,
    long received,
    @Nullable Digest sha256,
    long partBytes,
    int parts,
    String partsKey,
    String partsUpload,
    List<Rest> rest,
    long revision,
    boolean interrupted) {
  static final String COLUMNS =
      "id, agent, capture, evidence, artifact, media_type, size, aside, received, sha256,"
          + " part_bytes, parts, parts_key, parts_upload, rest, revision,"
          + " interrupted";

  /** Reads {@link #COLUMNS}. */
  static UploadRow read(ResultRow row) throws SQLException {
    String sha256 = row.getString(10);
    return new UploadRow(
        row.getString(1),
        new UploadMetadata(
            new Id(row.getString(2)),
            new Id(row.getString(3)),
            new Id(row.getString(4)),
            new ArtifactName(row.getString(5)),
            row.getString(6)),
        row.getLong(7),
        row.getLong(8) != 0,
        row.getLong(9),
        sha256.isEmpty() ? null : new Digest(sha256),
        row.getLong(11),
        (int) row.getLong(12),
        row.getString(13),
        row.getString(14),
        Rest.parse(row.getString(15)),
        row.getLong(16),
        row.getLong(17) != 0);
  }

  UploadRow withLength(long known) {
    return new UploadRow(
        id,
        metadata,
        known,
        aside,
        received,
        sha256,
        partBytes,
        parts,
        partsKey,
        partsUpload,
        rest,
        revision,
        interrupted);
  }

  /** The row after a chunk that did not complete it. */
  UploadRow with(long nowReceived, int nowParts, String key, String upload, List<Rest> nowRest) {
    return new UploadRow(
        id,
        metadata,
        length,
        aside,
        nowReceived,
        null,
        partBytes,
        nowParts,
        key,
        upload,
        nowRest,
        revision,
        false);
  }

  /** The row of a complete upload, whose content is at its content address. */
  UploadRow complete(long size, Digest digest) {
    return new UploadRow(
        id, metadata, size, aside, size, digest, partBytes, 0, "", "", List.of(), revision, false);
  }

  /** True if some of its bytes are in objects of its own, rather than at their content address. */
  boolean hasObjects() {
    return parts > 0 || !partsKey.isEmpty() || !rest.isEmpty();
  }
}
