package whorl.collector.recording;

/**
 * Reads the constants of a checkpoint event ({@code jfrCheckpointManager.cpp}, {@code
 * jdk.jfr.internal.consumer.ChunkParser}):
 *
 * <pre>
 * int   size          long  type, 1
 * long  start         long  duration
 * long  distance to the previous checkpoint; not followed
 * byte  flags         int   number of pools
 * pool: long id of the type; int number of constants; long id and value of each
 * </pre>
 */
final class Checkpoint {
  static final long TYPE = 1;

  private Checkpoint() {}

  /**
   * @param input positioned at the start of the event and limited to its end
   */
  static void read(Input input, Metadata metadata, Constants constants)
      throws DamagedRecordingException {
    int begin = input.position();
    input.readInt(); // size
    for (int i = 0; i < 4; i++) { // type, start, duration, distance
      input.readLong();
    }
    input.readByte();
    int pools = input.readCount();
    for (int i = 0; i < pools; i++) {
      long id = input.readLong();
      Type type = metadata.type(id);
      if (type == null) {
        throw new DamagedRecordingException("constants are of type " + id + ", which is missing");
      }
      int count = input.readCount();
      for (int j = 0; j < count; j++) {
        long key = input.readLong();
        int place = input.position();
        ValueSkipper.value(input, type);
        constants.put(type, key, place, begin);
      }
    }
  }
}
