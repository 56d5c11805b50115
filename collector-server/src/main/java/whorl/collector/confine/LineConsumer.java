package whorl.collector.confine;

import java.io.IOException;

/** Consumes the lines of a confined JVM's standard output one after the other, as they come. */
@FunctionalInterface
public interface LineConsumer {
  /**
   * @param line without its line end, cut at {@link ConfinedJvm#LINE_MAX_CHARS}; as hostile as the
   *     input
   * @throws IOException to end the run; {@link ConfinedJvm#run} rethrows it
   */
  void line(String line) throws IOException;
}
