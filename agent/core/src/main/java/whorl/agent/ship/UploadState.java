package whorl.agent.ship;

/** Where the upload of one artifact stands after an answer of the collector. */
sealed interface UploadState {
  /**
   * The collector has the first {@code offset} bytes.
   *
   * @param path of the upload
   */
  record At(String path, long offset) implements UploadState {}

  /** The collector has something else than we thought: ask it for the offset, then go on there. */
  record AskOffset(String path, String reason) implements UploadState {}

  /** The chunk is too large for somebody on the way. */
  record Smaller(String path, String reason) implements UploadState {}

  /** The collector does not know the upload (any more): create it. */
  record Create(String reason) implements UploadState {}

  /** The envelope is there, but artifacts that it signs are not: ship all that is missing. */
  record Missing(String reason) implements UploadState {}

  /** Nothing more to do for this evidence, for now or for ever. */
  record End(ShipResult result) implements UploadState {}
}
