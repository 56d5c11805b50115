package whorl.agent.ship.tus;

/** The state of one artifact's upload after an answer of the collector. */
public sealed interface UploadState {
  /**
   * The collector has the first {@code offset} bytes.
   *
   * @param path of the upload
   */
  record At(String path, long offset) implements UploadState {}

  /** The offset differs from the expected one: query it, then resume there. */
  record QueryOffset(String path, String reason) implements UploadState {}

  /** The chunk is too large for the collector or a proxy. */
  record Smaller(String path, String reason) implements UploadState {}

  /** The collector does not know the upload (any more): create it. */
  record Create(String reason) implements UploadState {}

  /** The envelope arrived, but artifacts that it signs have not: ship all that are missing. */
  record Missing(String reason) implements UploadState {}

  /** Nothing more to do for this evidence, for now or for good. */
  record End(ShipResult result) implements UploadState {}
}
